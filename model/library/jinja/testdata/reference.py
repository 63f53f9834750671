"""Writes reference.jsonl: what Jinja2 makes of the templates below, in the
environment in which Hugging Face renders chat templates.

    python3 reference.py > reference.jsonl      # Jinja2 3.1.6
"""
import json
import jinja2
from jinja2.ext import Extension, loopcontrols
from jinja2.sandbox import ImmutableSandboxedEnvironment


class Generation(Extension):
    tags = {"generation"}

    def parse(self, parser):
        line = next(parser.stream).lineno
        body = parser.parse_statements(["name:endgeneration"], drop_needle=True)
        return jinja2.nodes.CallBlock(self.call_method("_body"), [], [], body).set_lineno(line)

    def _body(self, caller):
        return caller()


def raise_exception(message):
    raise jinja2.exceptions.TemplateError(message)


def tojson(x, ensure_ascii=False, indent=None, separators=None, sort_keys=False):
    return json.dumps(x, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)


env = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True, extensions=[Generation, loopcontrols])
env.filters["tojson"] = tojson
env.globals["raise_exception"] = raise_exception

TALK = [
    {"role": "system", "content": "Be <b>brief</b> & kind."},
    {"role": "user", "content": " Hi 你好 😀 "},
    {"role": "assistant", "content": "<think>a\nb</think>\n\nHello", "extra": {"z": 1, "a": [1.5, True, None, "é\u2028\"\\\x7f\x01"]}},
    {"role": "user", "content": ""},
    {"role": "assistant", "content": None, "tool_calls": [
        {"id": "call_1", "type": "function", "function": {"name": "f", "arguments": {"y": "<&>'", "x": [1, 2.0, 1e22, -0.0, 1e-7, 123456789012345678901]}}},
        {"name": "g", "arguments": "{\"s\": 1}"}]},
    {"role": "tool", "name": "f", "content": "ok"},
    {"role": "tool", "name": "g", "content": "42", "items": [1]},
]
TOOLS = [{"type": "function", "function": {"name": "f", "description": "déf <x>", "parameters": {
    "type": "object", "properties": {"y": {"type": "string"}, "items": {"type": ["integer", "null"], "default": 3}}, "required": ["y"]}}}]

CASES = {}


def case(name, template, messages=TALK, tools=None, prompt=True, **specials):
    CASES[name] = dict(name=name, template=template, messages=messages, tools=tools, add_generation_prompt=prompt, specials=specials)


def each(prefix, *templates, **more):
    for i, t in enumerate(templates):
        case(f"{prefix} {i}", t, **more)


TURNS = [m for m in TALK[:4]]
LLAMA3 = """{{- bos_token }}
{%- if not date_string is defined %}
    {%- set date_string = "26 Jul 2024" %}
{%- endif %}
{%- if messages[0]['role'] == 'system' %}
    {%- set system_message = messages[0]['content']|trim %}
    {%- set messages = messages[1:] %}
{%- else %}
    {%- set system_message = "" %}
{%- endif %}
{{- "<|start_header_id|>system<|end_header_id|>\\n\\n" }}
{%- if tools is not none %}
    {{- "Environment: ipython\\n" }}
{%- endif %}
{{- "Today Date: " + date_string + "\\n\\n" }}
{%- if tools is not none %}
    {%- for t in tools %}
        {{- t | tojson(indent=4) }}
        {{- "\\n\\n" }}
    {%- endfor %}
{%- endif %}
{{- system_message }}
{{- "<|eot_id|>" }}
{%- for message in messages %}
    {%- if not (message.role == 'ipython' or message.role == 'tool' or 'tool_calls' in message) %}
        {{- '<|start_header_id|>' + message['role'] + '<|end_header_id|>\\n\\n'+ message['content'] | trim + '<|eot_id|>' }}
    {%- elif 'tool_calls' in message %}
        {%- if not message.tool_calls|length == 1 %}
            {{- raise_exception("This model only supports single tool-calls at once!") }}
        {%- endif %}
        {%- set tool_call = message.tool_calls[0].function %}
        {{- '{"name": "' + tool_call.name + '", ' }}
        {{- '"parameters": ' }}
        {{- tool_call.arguments | tojson }}
        {{- "}" }}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|start_header_id|>assistant<|end_header_id|>\\n\\n' }}
{%- endif %}
"""
case("llama3 turns", LLAMA3, TURNS, bos_token="<|begin_of_text|>")
case("llama3 tools", LLAMA3, TURNS, TOOLS, bos_token="<|begin_of_text|>")
case("llama3 raises", LLAMA3, TALK, TOOLS, bos_token="<|begin_of_text|>")

MISTRAL = """{%- if messages[0]["role"] == "system" %}
    {%- set system_message = messages[0]["content"] %}
    {%- set loop_messages = messages[1:] %}
{%- else %}
    {%- set loop_messages = messages %}
{%- endif %}
{%- if not tools is defined %}
    {%- set tools = none %}
{%- endif %}
{%- set user_messages = loop_messages | selectattr("role", "equalto", "user") | list %}
{#- This block checks for alternating user/assistant messages, skipping tool calling messages #}
{%- set ns = namespace() %}
{%- set ns.index = 0 %}
{%- for message in loop_messages %}
    {%- if not (message.role == "tool" or message.role == "tool_results" or (message.tool_calls is defined and message.tool_calls is not none)) %}
        {%- if (message["role"] == "user") != (ns.index % 2 == 0) %}
            {{- raise_exception("roles must alternate") }}
        {%- endif %}
        {%- set ns.index = ns.index + 1 %}
    {%- endif %}
{%- endfor %}
{{- bos_token }}
{%- for message in loop_messages %}
    {%- if message["role"] == "user" %}
        {%- if tools is not none and (message == user_messages[-1]) %}
            {{- "[AVAILABLE_TOOLS] [" }}
            {%- for tool in tools %}
                {%- set tool = tool.function %}
                {{- '{"type": "function", "function": {' }}
                {%- for key, val in tool.items() if key != "return" %}
                    {%- if val is string %}
                        {{- '"' + key + '": "' + val + '"' }}
                    {%- else %}
                        {{- '"' + key + '": ' + val|tojson }}
                    {%- endif %}
                    {%- if not loop.last %}
                        {{- ", " }}
                    {%- endif %}
                {%- endfor %}
                {{- "}}" }}
                {%- if not loop.last %}{{- ", " }}{%- else %}{{- "]" }}{%- endif %}
            {%- endfor %}
            {{- "[/AVAILABLE_TOOLS]" }}
        {%- endif %}
        {%- if loop.last and system_message is defined %}
            {{- "[INST] " + system_message + "\\n\\n" + message["content"] + "[/INST]" }}
        {%- else %}
            {{- "[INST] " + message["content"] + "[/INST]" }}
        {%- endif %}
    {%- elif message.tool_calls is defined and message.tool_calls is not none %}
        {{- "[TOOL_CALLS] [" }}
        {%- for tool_call in message.tool_calls %}
            {%- set out = tool_call.function|default(tool_call)|tojson %}
            {{- out[:-1] }}
            {%- if tool_call.id is defined and tool_call.id|length != 9 %}
                {{- ', "id": "' + tool_call.id + '"}' }}
            {%- endif %}
        {%- endfor %}
        {{- "]" + eos_token }}
    {%- elif message["role"] == "assistant" %}
        {{- " " + message["content"]|trim + eos_token}}
    {%- elif message["role"] == "tool_results" or message["role"] == "tool" %}
        {%- if message.content is defined and message.content.content is defined %}
            {%- set content = message.content.content %}
        {%- else %}
            {%- set content = message.content %}
        {%- endif %}
        {{- '[TOOL_RESULTS] {"content": ' + content|string + ', ' }}
    {%- else %}
        {{- raise_exception("Only user and assistant roles are supported") }}
    {%- endif %}
{%- endfor %}
"""
case("mistral turns", MISTRAL, TURNS, bos_token="<s>", eos_token="</s>")
case("mistral tools", MISTRAL, TALK, TOOLS, bos_token="<s>", eos_token="</s>")
case("mistral alternate", MISTRAL, TURNS + TURNS[1:2], TOOLS, bos_token="<s>", eos_token="</s>")

GEMMA = """{{ bos_token }}{% if messages[0]['role'] == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}{% for message in messages %}{% if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}{{ raise_exception('Conversation roles must alternate user/assistant/user/assistant/...') }}{% endif %}{% if (message['role'] == 'assistant') %}{% set role = 'model' %}{% else %}{% set role = message['role'] %}{% endif %}{{ '<start_of_turn>' + role + '\\n' + message['content'] | trim + '<end_of_turn>\\n' }}{% endfor %}{% if add_generation_prompt %}{{'<start_of_turn>model\\n'}}{% endif %}"""
case("gemma", GEMMA, TURNS[1:], bos_token="<bos>")
case("gemma system", GEMMA, TURNS, bos_token="<bos>")

GEMMA3 = """{{ bos_token }}
{%- if messages[0]['role'] == 'system' -%}
    {%- if messages[0]['content'] is string -%}
        {%- set first_user_prefix = messages[0]['content'] + '\\n\\n' -%}
    {%- else -%}
        {%- set first_user_prefix = messages[0]['content'][0]['text'] + '\\n\\n' -%}
    {%- endif -%}
    {%- set loop_messages = messages[1:] -%}
{%- else -%}
    {%- set first_user_prefix = "" -%}
    {%- set loop_messages = messages -%}
{%- endif -%}
{%- for message in loop_messages -%}
    {%- if (message['role'] == 'assistant') -%}{%- set role = "model" -%}{%- else -%}{%- set role = message['role'] -%}{%- endif -%}
    {{ '<start_of_turn>' + role + '\\n' + (first_user_prefix if loop.first else "") }}
    {%- if message['content'] is string -%}
        {{ message['content'] | trim }}
    {%- elif message['content'] is iterable -%}
        {%- for item in message['content'] -%}
            {%- if item['type'] == 'image' -%}
                {{ '<start_of_image>' }}
            {%- elif item['type'] == 'text' -%}
                {{ item['text'] | trim }}
            {%- endif -%}
        {%- endfor -%}
    {%- else -%}
        {{ raise_exception("Invalid content type") }}
    {%- endif -%}
    {{ '<end_of_turn>\\n' }}
{%- endfor -%}
{%- if add_generation_prompt -%}
    {{'<start_of_turn>model\\n'}}
{%- endif -%}
"""
case("gemma3", GEMMA3, TURNS, bos_token="<bos>")
case("gemma3 parts", GEMMA3, [{"role": "user", "content": [{"type": "image"}, {"type": "text", "text": " what? "}]}], bos_token="<bos>")
case("gemma3 none", GEMMA3, TALK, bos_token="<bos>")

DEEPSEEK = """{% if not add_generation_prompt is defined %}{% set add_generation_prompt = false %}{% endif %}{% set ns = namespace(is_first=false, is_tool=false, is_output_first=true, system_prompt='') %}{%- for message in messages %}{%- if message['role'] == 'system' %}{% set ns.system_prompt = message['content'] %}{%- endif %}{%- endfor %}{{bos_token}}{{ns.system_prompt}}{%- for message in messages %}{%- if message['role'] == 'user' %}{%- set ns.is_tool = false -%}{{'<｜User｜>' + message['content']}}{%- endif %}{%- if message['role'] == 'assistant' and message['content'] is none %}{%- set ns.is_tool = false -%}{%- for tool in message['tool_calls']%}{%- if not ns.is_first %}{{'<｜Assistant｜><｜tool▁calls▁begin｜>' + tool['type'] + '<｜tool▁sep｜>' + tool['function']['name'] + '\\n' + '```json' + '\\n' + tool['function']['arguments']|tojson + '\\n' + '```'}}{%- set ns.is_first = true -%}{%- endif %}{%- endfor %}{%- endif %}{%- if message['role'] == 'assistant' and message['content'] is not none %}{% set content = message['content'] %}{% if '</think>' in content %}{% set content = content.split('</think>')[-1] %}{% endif %}{{'<｜Assistant｜>' + content + '<｜end▁of▁sentence｜>'}}{%- endif %}{%- if message['role'] == 'tool' %}{%- set ns.is_tool = true -%}{%- if ns.is_output_first %}{{'<｜tool▁outputs▁begin｜>' + message['content']}}{%- set ns.is_output_first = false %}{%- else %}{{'\\n' + message['content']}}{%- endif %}{%- endif %}{%- endfor -%}{% if ns.is_tool %}{{'<｜tool▁outputs▁end｜>'}}{% endif %}{% if add_generation_prompt and not ns.is_tool %}{{'<｜Assistant｜><think>\\n'}}{% endif %}"""
case("deepseek", DEEPSEEK, TALK, bos_token="<｜begin▁of▁sentence｜>")
case("deepseek turns", DEEPSEEK, TURNS, bos_token="<｜begin▁of▁sentence｜>")

PHI = """{% for message in messages %}{% if message['role'] == 'system' and 'tools' in message and message['tools'] is not none %}{{ '<|' + message['role'] + '|>' + message['content'] + '<|tool|>' + message['tools'] + '<|/tool|>' + '<|end|>' }}{% else %}{{ '<|' + message['role'] + '|>' + message['content'] + '<|end|>' }}{% endif %}{% endfor %}{% if add_generation_prompt %}{{ '<|assistant|>' }}{% else %}{{ eos_token }}{% endif %}"""
case("phi", PHI, TURNS, prompt=False, eos_token="<|endoftext|>")
case("phi none", PHI, TALK, eos_token="<|endoftext|>")

QWEN3 = """{%- set ns = namespace(multi_step_tool=true, last_query_index=messages|length - 1) %}
{%- for message in messages[::-1] %}
    {%- set index = (messages|length - 1) - loop.index0 %}
    {%- if ns.multi_step_tool and message.role == "user" and message.content is string and not(message.content.startswith('<tool_response>') and message.content.endswith('</tool_response>')) %}
        {%- set ns.multi_step_tool = false %}
        {%- set ns.last_query_index = index %}
    {%- endif %}
{%- endfor %}
{%- for message in messages %}
    {%- if message.content is string %}
        {%- set content = message.content %}
    {%- else %}
        {%- set content = '' %}
    {%- endif %}
    {%- if (message.role == "user") or (message.role == "system" and not loop.first) %}
        {{- '<|im_start|>' + message.role + '\\n' + content + '<|im_end|>' + '\\n' }}
    {%- elif message.role == "assistant" %}
        {%- set reasoning_content = '' %}
        {%- if message.reasoning_content is string %}
            {%- set reasoning_content = message.reasoning_content %}
        {%- else %}
            {%- if '</think>' in content %}
                {%- set reasoning_content = content.split('</think>')[0].rstrip('\\n').split('<think>')[-1].lstrip('\\n') %}
                {%- set content = content.split('</think>')[-1].lstrip('\\n') %}
            {%- endif %}
        {%- endif %}
        {%- if loop.index0 > ns.last_query_index %}
            {%- if loop.last or (not loop.last and reasoning_content) %}
                {{- '<|im_start|>' + message.role + '\\n<think>\\n' + reasoning_content.strip('\\n') + '\\n</think>\\n\\n' + content.lstrip('\\n') }}
            {%- else %}
                {{- '<|im_start|>' + message.role + '\\n' + content }}
            {%- endif %}
        {%- else %}
            {{- '<|im_start|>' + message.role + '\\n' + content }}
        {%- endif %}
        {%- if message.tool_calls %}
            {%- for tool_call in message.tool_calls %}
                {%- if (loop.first and content) or (not loop.first) %}
                    {{- '\\n' }}
                {%- endif %}
                {%- if tool_call.function %}
                    {%- set tool_call = tool_call.function %}
                {%- endif %}
                {{- '<tool_call>\\n{"name": "' }}
                {{- tool_call.name }}
                {{- '", "arguments": ' }}
                {%- if tool_call.arguments is string %}
                    {{- tool_call.arguments }}
                {%- else %}
                    {{- tool_call.arguments | tojson }}
                {%- endif %}
                {{- '}\\n</tool_call>' }}
            {%- endfor %}
        {%- endif %}
        {{- '<|im_end|>\\n' }}
    {%- elif message.role == "tool" %}
        {%- if loop.first or (messages[loop.index0 - 1].role != "tool") %}
            {{- '<|im_start|>user' }}
        {%- endif %}
        {{- '\\n<tool_response>\\n' }}
        {{- content }}
        {{- '\\n</tool_response>' }}
        {%- if loop.last or (messages[loop.index0 + 1].role != "tool") %}
            {{- '<|im_end|>\\n' }}
        {%- endif %}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|im_start|>assistant\\n' }}
    {%- if enable_thinking is defined and enable_thinking is false %}
        {{- '<think>\\n\\n</think>\\n\\n' }}
    {%- endif %}
{%- endif %}"""
case("qwen3", QWEN3)
case("qwen3 turns", QWEN3, TALK[1:3])

MACROS = """{%- macro json_to_python_type(json_spec) %}
    {%- set basic_type_map = {"string": "str", "number": "float", "integer": "int", "boolean": "bool"} %}
    {%- if basic_type_map[json_spec.type] is defined %}
        {{- basic_type_map[json_spec.type] }}
    {%- elif json_spec.type == "array" %}
        {{- "list[" + json_to_python_type(json_spec|items) + "]" }}
    {%- elif json_spec.type is iterable and json_spec.type is not string %}
        {{- "Union[" }}
        {%- for t in json_spec.type %}
            {{- json_to_python_type({"type": t}) }}
            {%- if not loop.last %}{{- "," }}{%- endif %}
        {%- endfor %}
        {{- "]" }}
    {%- else %}
        {{- "Any" }}
    {%- endif %}
{%- endmacro %}
{%- for tool in tools %}{% set tool = tool.function if tool.function is defined else tool %}
def {{ tool.name }}({% for name, spec in tool.parameters.properties|items %}{{ name + ": " + json_to_python_type(spec) }}{{ ", " if not loop.last }}{% endfor %})
{%- endfor %}
"""
case("hermes macros", MACROS, tools=TOOLS)

each("data",
     '',
     '\n',
     'a\n',
     'a\n\n',
     'a\r\nb\rc\n',
     '  {% if 1 %}\n  x\n  {% endif %}\n y',
     '  {%+ if 1 %}\n  x\n  {%+ endif +%}\n y',
     'a {%- if 1 -%} \n b \n {%- endif -%} c',
     'a\n  {# note #}\n  b',
     'a\n  {#- note -#}\n  b{#+ x +#}\n',
     '{% raw %}{{ x }} {% if %}{% endraw %}\nz',
     'a {%- raw -%}  {{ x }}  {%- endraw -%}  z',
     "{{ 'a' }}\nb {{- 'c' -}} \n d",
     '{% if 1 %}\n\n x{% endif %}',
     'x  {% if 0 %}{% endif %}\n  {% if 1 %}{% endif %}\n  y',
     ' {% set x = 1 %} {% set y = 2 %}\n{{x}}',
     '\t {% if 1 %}\n\tz{% endif %}',
     'a\xa0\n\xa0{% if 1 %}b{% endif %}\u3000{%- if 1 %}c{% endif %}',
     '{{ 1 }}  {# c #}\n{{ 2 }}',
     "{{ '{{' }}{{ '}}' }}{{ {'a': {'b': 1}}.a.b }}",
     '{% if true -%}\n  a\n{%- else -%}\n  b\n{%- endif %}',
     'line {# a\nb #}\n  end',
     '{%- for i in [1,2] %}\n  {{ i }}\n{% endfor -%}\n\n end',
     '}} %} #} { {',
     '{',
     'a{',
     '\\n',
     '{{ \'\\n\\t\\\\\\\'\\"\\x41\\u00e9\\U0001F600\\101\\q\' }}',
     '{{ "a\'b" \'c\' "d" }}',
     "{{ 'x\ny' }}",
     '{% raw %}  a\n  {% endraw %}\n b',
     '{{ 1 -}}\n  {% if 1 %}b{% endif %}',
     '\n\n  {%- if 1 %} b{% endif %}',
     "{{'é'|length}}{{ '😀x'[1] }}",
     '\ufeffa',
     '{#a#}{#b#}',
     '{% set x -%}\n a \n{%- endset %}[{{x}}]')
each("literal",
     '{{ 1 }} {{ 1.0 }} {{ 1e3 }} {{ 1_000 }} {{ 1.5e-7 }} {{ 1e16 }} {{ 1e15 }} {{ 123456.789 }}',
     '{{ true }} {{ True }} {{ false }} {{ none }} {{ None }}',
     '{{ [1, \'a\', "it\'s", 1.5, none, true] }} {{ (1,) }} {{ () }} {{ {\'a\': 1, 2: [3]} }}',
     '{{ \'a\\\'b"c\' }} {{ [\'a\\\'b"c\', \'\\n\\t\\x01\\\\é😀\\u200b\\xa0\'] }}',
     '{{ 1, 2 }}',
     '{{ -1 }} {{ - 1.5 }} {{ +2 }} {{ --1 }}',
     "{{ [] }}{{ {} }}{{ ''}}",
     "{{ [1,2,] }} {{ {'a':1,} }}",
     '{{ 9223372036854775807 }}',
     "{{ {1: 'a', true: 'b', 1.0: 'c'} }}")
each("operator",
     "{{ 7 / 2 }} {{ 6 / 2 }} {{ 7 // 2 }} {{ -7 // 2 }} {{ 7 % 3 }} {{ -7 % 3 }} {{ 7 % -3 }} {{ 7.5 // 2 }} {{ -7.5 % 2 }} {{ 1 + 2.0 }} {{ 3 * 'ab' }} {{ [1] * 2 }}",
     "{{ 1 ~ 'a' ~ none ~ true ~ 1.0 ~ [1] }}",
     "{{ 1 < 2 < 3 }} {{ 1 < 3 < 2 }} {{ 1 == 1.0 }} {{ 'a' < 'b' }} {{ [1,2] < [1,3] }} {{ (1,2) == [1,2] }} {{ 1 == true }} {{ '1' == 1 }} {{ none == false }}",
     "{{ 'a' in 'abc' }} {{ 1 in [1] }} {{ 'x' not in {'x': 1} }} {{ not 1 in [1] }} {{ none in [none] }}",
     "{{ 1 and 2 }} {{ 0 or 'x' }} {{ '' and x }} {{ none or [] }} {{ not '' }} {{ not 5 }} {{ not 0.0 }}",
     "{{ 'a' if true else 'b' }} {{ 'a' if false }} {{ 1 if 0 else 2 if 0 else 3 }}",
     '{{ 1 + 2 * 3 - 4 ~ 5 }}',
     "{{ 'a' + 'b' * 2 }}",
     "{{ 'a' + 1 }}",
     "{{ 1 + 'a' }}",
     "{{ none + 'a' }}",
     "{{ 'x' + messages[4].content }}",
     '{{ 1 / 0 }}',
     '{{ 1 // 0 }}',
     '{{ 1 % 0 }}',
     "{{ 1 < 'a' }}",
     '{{ none < 1 }}',
     '{{ [1] + [2] }} {{ (1,) + (2,) }}',
     '{{ [1] + (2,) }}',
     '{{ true + 1 }} {{ true * 3 }}',
     "{{ {'a':1} == {'a':1.0} }}{{ {'a':1} != {'b':1} }}",
     "{{ 1 in 'abc' }}",
     "{{ 'a' in 5 }}",
     "{{ 'a' in none }}",
     '{{ (1 if true) + (2) }}',
     '{{ 1.5 + none }}',
     "{{ -'a' }}",
     '{{ 0.1 + 0.2 }} {{ 1e308 * 10 }} {{ 1e22 }} {{ 5e-324 }} {{ 100.0 }} {{ 1/3 }}')
each("undefined",
     "[{{ x }}][{{ messages[0].x }}][{{ x is defined }}][{{ x is undefined }}][{{ x|default('d') }}]",
     '{{ x.y }}',
     "{{ x['y'] }}",
     '{{ messages[0].x.y }}',
     "{{ x + 'a' }}",
     "{{ 'a' + x }}",
     "{{ 'a' ~ x }}",
     "{{ x == y }} {{ x == none }} {{ x == '' }} {{ x != '' }} {{ not x }} {{ x or 1 }}",
     '{{ x < 1 }}',
     '{{ x() }}',
     '{% for a in x %}a{% else %}none{% endfor %}',
     '{{ x|length }}',
     "{{ x|list }} {{ x|join(',') }} {{ x|string }} {{ x|trim }}",
     '{{ x|tojson }}',
     '{{ messages[99] }}',
     '{{ messages[99].role }}',
     "{{ messages['a'] }}",
     "{{ 'abc'[9] }}",
     '{{ none.x }}',
     "{{ none['x'] }}",
     '{{ none.x.y }}',
     '{{ 1.5.x }}',
     '{{ 5 .x }}',
     "{{ 'a' in x }}",
     "{{ x in 'a' }}",
     '{{ x in [1] }}',
     '{{ x|upper }}',
     '{{ x|int }} {{ x|float }}',
     '{{ x|first }}',
     "{{ x|default }}{{ ''|default('e') }}{{ ''|default('e', true) }}{{ none|default('n') }}{{ none|d('n', boolean=true) }}",
     '{{ x[1:] }}',
     '{{ -x }}',
     "{{ x|map('upper')|list }}",
     '{{ x|items|list }}',
     '{{ bos_token is defined }}',
     '{{ x is none }} {{ x is string }} {{ x is iterable }} {{ x is mapping }} {{ x is true }}',
     '{{ messages[0].__class__ is defined }}',
     '{{ messages[0].__class__.x }}',
     '{{ messages[0]._x is defined }}',
     '{{ foo(1) }}',
     '{{ messages.x }}{{ messages[0].content.x }}',
     '{{ tools is none }} {{ tools is defined }} {{ documents is none }} {{ loop is defined }}',
     '{{ x % 2 }}',
     '{{ x * 2 }}',
     '{{ 2 * x }}',
     '{{ [x] }}',
     "{{ x|replace('a','b') }}",
     "{{ {'a': x}['a'] is defined }}",
     "{{ x if x else 'n' }}",
     "{{ 'a' ~ (1 if false) }}",
     '{{ (1 if false).x }}')
each("access",
     "{{ messages[0].role }} {{ messages[-1]['role'] }} {{ messages[0].get('content') }} {{ messages[0].get('zz') }} {{ messages[0].get('zz', 'd') }}",
     "{{ messages[-1]['items'] }} {{ messages[-1].items()|list }}",
     '{{ messages[0].keys()|list }} {{ messages[0].values()|list }} {{ messages[0].keys() }} {{ messages[0].items() }} {{ messages[0].values() }}',
     "{{ 'abcdef'[1:3] }} {{ 'abcdef'[::-1] }} {{ 'abcdef'[-2:] }} {{ 'abcdef'[:-2] }} {{ 'abcdef'[::2] }} {{ 'abc'[5:] }} {{ '你好啊'[1:] }} {{ 'abcdef'[4:1:-1] }}",
     '{{ [1,2,3][1:] }} {{ (1,2,3)[::-1] }} {{ [1,2,3][-1] }} {{ [1,2,3].0 }}',
     '{{ messages[1:3]|length }} {{ messages[:0] }}',
     "{{ 'a'['upper']() }}",
     "{{ messages[0]['get']('role') }}",
     '{{ messages.append(1) }}',
     '{{ messages[0].update({}) }}',
     "{{ messages[0].pop('role') }}",
     "{{ 'x'[0][0][0] }}",
     "{{ {'a': {'b': [1]}}['a']['b'][0] }}",
     '{{ messages[1.0] }}',
     '{{ messages[true].role }}',
     "{{ [1,2,3]['0'] }}",
     '{{ [1,2][::0] }}',
     '{{ range(3) }} {{ range(3)|list }} {{ range(1, 10, 3)|list }} {{ range(5, 0, -2)|list }} {{ range(3)[1] }} {{ range(3)|length }} {{ 2 in range(3) }}',
     '{{ range(1000000) }}',
     '{{ range(2, 1)|list }}',
     "{{ range('a') }}",
     '{{ {(1,2): 3}[(1,2)] }}',
     "{{ {'a':1}[['x']] }}",
     '{{ messages[0]|length }}')
each("string",
     "{{ ' a b '.strip() }}|{{ 'xxaxx'.strip('x') }}|{{ 'xxaxx'.lstrip('x') }}|{{ 'xxaxx'.rstrip('x') }}|{{ '\\n a\\n'.lstrip('\\n') }}",
     "{{ 'a,b,,c'.split(',') }} {{ ' a  b '.split() }} {{ 'a,b,c'.split(',', 1) }} {{ 'a,b,c'.rsplit(',', 1) }} {{ ''.split(',') }} {{ ''.split() }} {{ 'a b'.split(maxsplit=0) }} {{ 'a b c '.split(none, 1) }}",
     "{{ 'abc'.startswith('ab') }} {{ 'abc'.endswith('bc') }} {{ 'abc'.startswith(('x','a')) }}",
     "{{ 'aBc'.upper() }} {{ 'aBc'.lower() }} {{ 'hello wORLD'.title() }} {{ 'hELLO'.capitalize() }} {{ 'ß'.upper() }}",
     "{{ 'a-b'.replace('-', '+') }} {{ 'aaa'.replace('a', 'b', 2) }} {{ 'ab'.replace('', '-') }}",
     "{{ ','.join(['a','b']) }} {{ 'abc'.find('c') }} {{ 'abc'.find('z') }} {{ 'aab'.count('a') }} {{ '你好'.find('好') }}",
     "{{ 'a\\nb\\r\\nc'.splitlines() }} {{ 'a\\nb'.splitlines(true) }}",
     "{{ 'a=b=c'.partition('=') }} {{ 'a=b=c'.rpartition('=') }} {{ 'abc'.partition('x') }}",
     "{{ 'prefix-a'.removeprefix('prefix-') }} {{ 'a.txt'.removesuffix('.txt') }} {{ 'a'.removeprefix('b') }}",
     "{{ 'abc'.foo() }}",
     "{{ 'a'.split('') }}",
     "{{ 'a'.startswith(1) }}",
     "{{ ','.join([1]) }}",
     "{{ '\\u00a0a\\u3000'.strip()|length }}{{ '\\x1ca\\x85'.strip()|length }}{{ '\\u200ba'.strip()|length }}",
     "{{ 'a'.__len__() }}",
     "{{ 'a'.strip(none) }}{{ ' a'.strip(chars) is defined }}")
each("filter",
     "{{ ' a '|trim }} {{ 'xax'|trim('x') }} {{ 5|trim }}",
     '{{ \'aé<"\'|tojson }} {{ messages[2].extra|tojson }} {{ messages[4].tool_calls|tojson }}',
     "{{ messages[2].extra|tojson(indent=2) }}\n{{ []|tojson(indent=2) }} {{ {}|tojson(indent=4) }} {{ [[], {'a': []}]|tojson(indent=1) }}",
     "{{ messages[2].extra|tojson(sort_keys=true) }} {{ {'b':1,'a':2}|tojson(separators=(',', ':')) }} {{ 'é😀\\x7f\\x80'|tojson(ensure_ascii=true) }} {{ ['a', 1]|tojson(indent=2, separators=(',', ': ')) }}",
     '{{ [1,(2,3)]|tojson }} {{ {1: 2, none: 3, true: 4, 1.5: 5}|tojson }} {{ 1e400|tojson }}',
     "{{ 'abc'|length }} {{ [1,2]|count }} {{ {'a':1}|length }} {{ 5|length }}",
     "{{ 'abc'|upper }} {{ 'ABC'|lower }} {{ 'hello world-foo (bar)'|title }} {{ 'hELLO'|capitalize }} {{ none|upper }} {{ 5|lower }}",
     "{{ [1,2]|join(', ') }} {{ ['a', none, 1.0, true]|join }} {{ messages|join(', ', attribute='role') }} {{ 'abc'|join('-') }} {{ {'a':1,'b':2}|join }}",
     "{{ [3,1,2]|sort }} {{ ['b','A','c']|sort }} {{ ['b','A','c']|sort(case_sensitive=true) }} {{ [3,1]|sort(reverse=true) }} {{ messages[:4]|sort(attribute='role')|map(attribute='role')|list }}",
     "{{ [1,2,3]|first }} {{ [1,2,3]|last }} {{ []|first is defined }} {{ 'abc'|first }} {{ 'abc'|last }}",
     "{{ messages|map(attribute='role')|list }} {{ ['a','b']|map('upper')|join }} {{ [1,2]|map('string')|list }} {{ messages|map(attribute='zz', default='d')|list }} {{ [' a ']|map('trim')|list }} {{ ['ab']|map('replace','a','x')|list }}",
     "{{ messages|selectattr('role', 'equalto', 'user')|map(attribute='content')|list }} {{ messages|selectattr('tool_calls')|list|length }} {{ messages|rejectattr('role', 'in', ['user','tool'])|list|length }} {{ messages|selectattr('tool_calls', 'defined')|list|length }} {{ messages|selectattr('role', 'ne', 'user')|list|length }} {{ messages|selectattr('role', '==', 'tool')|list|length }}",
     "{{ [1,2,3,4]|select('odd')|list }} {{ [1,2,3]|reject('even')|list }} {{ [0,1,'']|select|list }} {{ [1,2,3]|select('>', 1)|list }} {{ ['a',1]|select('string')|list }} {{ [1,5]|reject('greaterthan', 3)|list }}",
     "{{ 'a b'|replace(' ', '_') }} {{ 'aaa'|replace('a','b',1) }}",
     "{{ '42'|int }} {{ 'x'|int }} {{ 'x'|int(7) }} {{ 3.9|int }} {{ '3.9'|int }} {{ '1.5'|float }} {{ 'x'|float }} {{ none|int }} {{ true|int }} {{ ' 12 '|int }} {{ '-3'|int }}",
     "{{ 1|string }} {{ none|string }} {{ [1]|string }} {{ 'a'|string }}",
     "{{ 'abc'|list }} {{ {'a':1}|list }} {{ (1,2)|list }}",
     "{{ [1,2,3]|reverse|list }} {{ 'abc'|reverse }} {{ [3,1]|reverse|first }}",
     "{{ [1,2,1,'a','A']|unique|list }}",
     "{{ {'b':1,'a':2}|dictsort }} {{ {'b':1,'a':2}|dictsort(by='value') }} {{ {'b':1,'a':2}|items|list }} {{ {'b':1}.items() }}",
     "{{ 'a\nb\n\nc'|indent }}|{{ 'a\nb'|indent(2, true) }}|{{ 'a\n\nb'|indent(2, blank=true) }}|{{ 'a\nb'|indent('>>') }}|{{ 'a\nb\n'|indent(width=1, first=true) }}",
     '{{ -5|abs }} {{ (-5)|abs }}',
     '{{ \'<a>&\\\'"\'|e }} {{ \'<a>\'|escape }} {{ \'<b>\'|safe }}',
     "{{ 'a'|nosuch }}",
     "{% if false %}{{ 'a'|nosuch }}{% endif %}ok",
     '{{ 5|join }}',
     "{{ [1,'a']|sort }}",
     '{{ none|length }}',
     "{{ 'a'|tojson|length }}{{ (messages|map(attribute='role'))|tojson }}",
     "{{ messages|map('zz')|list }}",
     '{{ [1]|map|list }}',
     '{{ none|list }}',
     '{{ none|tojson }} {{ true|tojson }} {{ 1.0|tojson }} {{ 1e100|tojson }} {{ -0.0|tojson }}',
     "{% filter upper %}abc {{ 'd' }}{% endfilter %}",
     '{% filter trim|upper %} abc {% endfilter %}|',
     "{{ messages|map(attribute='content')|select('string')|join('|') }}",
     "{{ messages[1:3]|map(attribute='content')|map('trim')|map('length')|list }}",
     "{{ ['a','b']|map('tojson')|join(',') }}",
     "{{ [{'a':{'b':1}}]|map(attribute='a.b')|list }} {{ [[1,2],[3,4]]|map(attribute=1)|list }}",
     "{{ ['x']|first|upper ~ 'y' }} {{ 'a' + 'b'|upper }} {{ ('a' + 'b')|upper }} {{ 'a' ~ 'b'|upper }} {{ -1|abs }}",
     "{{ messages|selectattr('role','equalto','user')|length }}",
     "{{ (messages|selectattr('role','equalto','zzz')) and 'truthy' }}",
     "{{ messages|map(attribute='role')|first }} {{ [1,2,3]|map('string')|join(',') }}",
     "{{ 'x'|default(y)|upper }}",
     "{{ [none, 1]|select('none')|list }}",
     "{{ 3|string|int + 1 }} {{ '3' | int * 2 }}")
each("test",
     "{{ 1 is odd }} {{ 2 is even }} {{ 6 is divisibleby 3 }} {{ 6 is divisibleby(4) }} {{ 1 is integer }} {{ true is integer }} {{ 1.0 is float }} {{ true is number }} {{ true is boolean }} {{ 'a' is string }} {{ none is none }} {{ [] is sequence }} {{ {} is mapping }} {{ {} is sequence }} {{ 'a' is iterable }} {{ 5 is iterable }}",
     "{{ 'a' is in ['a'] }} {{ 'a' is not in 'b' }} {{ 1 is eq 1 }} {{ 1 is ne 2 }} {{ 1 is lt 2 }} {{ 2 is gt(1) }} {{ 1 is sameas 1 }} {{ true is sameas true }} {{ none is sameas none }} {{ 1 is sameas true }}",
     "{{ true is true }} {{ 1 is true }} {{ false is false }} {{ '' is false }}",
     '{{ 1 is not odd }} {{ not 1 is odd }} {{ x is not defined and true }} {{ 1 is equalto 1 or false }} {{ 5 is odd and 4 is even }}',
     '{{ 1 is nosuch }}',
     "{{ 'a' is odd }}",
     '{{ messages[0].content is string and messages[4].content is not string }} {{ messages is sequence }} {{ messages[0] is mapping }} {{ tools is mapping }}',
     "{{ 3 is divisibleby 3 ~ 'x' }}",
     '{{ [] is iterable }}',
     "{{ 1 + 1 is odd }} {{ 'a' ~ 'b' is string }} {{ 'b' if x is not defined else 'c' }}")
each("statement",
     '{% for i in range(5) %}{{ i }}{{ loop.index }}{{ loop.index0 }}{{ loop.revindex }}{{ loop.revindex0 }}{{ loop.first }}{{ loop.last }}{{ loop.length }} ;{% endfor %}',
     '{% for m in messages %}{{ loop.previtem.role if loop.previtem is defined }}<{{ m.role }}>{{ loop.nextitem.role if loop.nextitem }} ;{% endfor %}',
     '{% for i in [] %}x{% else %}empty{% endfor %}',
     '{% for i in [1,2,3,4] if i is even %}{{ i }}{{ loop.index }}{{ loop.last }}{% else %}none{% endfor %}',
     "{% for k, v in {'a': 1, 'b': 2}.items() %}{{ k }}={{ v }}{{ ',' if not loop.last }}{% endfor %}",
     '{% for (a, b), c in [((1,2),3)] %}{{ a }}{{ b }}{{ c }}{% endfor %}',
     '{% for a, b in [[1,2,3]] %}{% endfor %}',
     '{% for a, b in [1] %}{% endfor %}',
     "{% for k in {'a': 1} %}{{ k }}{% endfor %}{% for c in 'héy' %}{{ c }}.{% endfor %}",
     '{% for i in 5 %}{% endfor %}',
     '{% for i in none %}{% endfor %}',
     '{% set x = 1 %}{% for i in [1,2] %}{{ x }}{% set x = x + 1 %}{{ x }} {% endfor %}{{ x }}',
     '{% set x = 1 %}{% if true %}{% set x = 2 %}{% endif %}{{ x }}',
     '{% set ns = namespace(a=1) %}{% for i in [1,2] %}{% set ns.a = ns.a + i %}{% endfor %}{{ ns.a }} {{ ns.b is defined }}',
     "{% set ns = namespace({'a': 2}, b=3) %}{{ ns.a }}{{ ns.b }}{{ ns['a'] }}",
     '{% set a, b = 1, 2 %}{{ a }}{{ b }}{% set a, b = b, a %}{{ a }}{{ b }}',
     '{% set x %}a{{ 1 }}{% endset %}{{ x }}{{ x|length }} {{ x is string }}',
     '{% set x | upper | trim %} a {% endset %}[{{ x }}]',
     '{% set x.y = 1 %}',
     '{% set messages.y = 1 %}',
     '{% set ns = namespace() %}{% set ns.a %}hey{% endset %}{{ ns.a }}',
     '{% for i in [1,2] %}{% for j in [1,2] %}{{ loop.index }}{% endfor %}{{ loop.index }};{% endfor %}',
     '{% for i in range(10) %}{% if i == 2 %}{% continue %}{% endif %}{% if i == 4 %}{% break %}{% endif %}{{ i }}{% endfor %}',
     '{% for i in [1,2] %}{% if true %}{% for j in [1,2,3] %}{% if j == 2 %}{% break %}{% endif %}{{ j }}{% endfor %}{% endif %}{{ i }}{% endfor %}',
     '{% if 0 %}a{% elif 1 %}b{% else %}c{% endif %}{% if 0 %}a{% else %}d{% endif %}',
     "{% macro f(a, b=2, c='x') %}[{{ a }}{{ b }}{{ c }}]{% endmacro %}{{ f(1) }}{{ f(1, c=3) }}{{ f() }}{{ f(1,2,3) }}",
     '{% macro f(a) %}{{ a }}{% endmacro %}{{ f(1, 2) }}',
     '{% macro f(a) %}{{ a }}{% endmacro %}{{ f(z=2) }}',
     '{% macro f(a) %}{{ a }}{% endmacro %}{{ f(1, a=2) }}',
     '{% macro f(n) %}{{ n }}{% if n > 0 %}{{ f(n - 1) }}{% endif %}{% endmacro %}{{ f(5) }}',
     '{% set y = 1 %}{% macro f() %}{{ y }}{% set y = 5 %}{{ y }}{% endmacro %}{{ f() }}{{ y }}{% set y = 3 %}{{ f() }}',
     '{% for i in [1] %}{% set z = 9 %}{% macro g() %}{{ z }}{{ i }}{% endmacro %}{{ g() }}{% endfor %}',
     '{% macro f() %} a {% endmacro %}{{ f()|trim }}{{ f() is string }}{{ f.name }}',
     '{% generation %}a{{ 1 }}{% set q = 2 %}{% endgeneration %}{{ q }}',
     "{% include 'x' %}",
     "{% extends 'x' %}",
     "{% import 'x' as y %}",
     '{% nosuch %}',
     '{% if %}',
     '{% if 1 %}',
     '{% endif %}',
     '{{ }}',
     '{{ 1 2 }}',
     '{{ (1 }}',
     '{{ 1) }}',
     '{% for x %}{% endfor %}',
     "{{ 'abc }}",
     '{{ a b }}',
     '{{ x',
     '{% if x',
     '{# x',
     '{% raw %} x',
     '{% set 1 = 2 %}',
     '{% set x %}',
     '{% for i in [1] %}{% endif %}',
     '{{ [1, }}',
     '{% else %}',
     '{{ 1 | }}',
     '{{ a. }}',
     '{{ $ }}',
     '{{ 1 ! 2 }}',
     '{% do x %}',
     '{% if x is defined %}{% set z = 1 %}{% endif %}{{ z is defined }}',
     '{% for m in messages %}{% if loop.first %}{% set s = m.content %}{% endif %}{% endfor %}{{ s is defined }}',
     '{% for m in messages|reverse %}{{ m.role }} {% endfor %}',
     '{% for i in range(3) -%} {{ i }} {%- endfor %}',
     "{{ raise_exception('no ' ~ messages[0].role) }}",
     '{% for i in [1,2] %}{% set q = i %}{% else %}{% endfor %}{{ q is defined }}',
     '{% macro a(x) %}{% for i in range(x) %}{{ loop.index }}{% endfor %}{% endmacro %}{% for i in [1,2] %}{{ a(i) }}{{ loop.index }};{% endfor %}',
     '{% set f = 1 %}{% macro f() %}m{% endmacro %}{{ f() }}',
     '{% for i in [1,2] %}{{ i }}{% endfor %}{{ i is defined }}',
     '{% set x = [] %}{% for i in [1,2] %}{% set x = x + [i] %}{% endfor %}{{ x }}',
     "{% set d = {'a': 1} %}{% set d = dict(d, b=2) %}{{ d|tojson }}",
     '{{ f(1) }}{% macro f(x) %}{{ x }}{% endmacro %}',
     "{% if messages and messages[0] and (messages[0].role) == 'system' %}ok{% endif %}",
     "{%- if messages[0]['role']=='system' -%} {{messages[0]['content']}} {%- endif -%}",
     "{% macro f(x) -%} {{ x }} {%- endmacro %}{{ f(*[1]) }}{{ f(**{'x': 2}) }}",
     '{% for i in [3] %}{% for j in [loop.index0] %}{{ j }}{% endfor %}{% endfor %}',
     '{{ loop.index }}',
     '{% set loop = 5 %}{{ loop }}',
     '{% for a in [1,2,3] %}{% for b in [1] if a > 1 and loop is defined %}{{ a }}{% endfor %}{% endfor %}',
     '{{ strftime }}[{{ messages|length > 3 }}]')

each("markup",
     "{{ '<a>'|safe + '<b>' }} {{ '<a>' + '<b>'|safe }} {{ '<a>'|safe ~ '<b>' }} {{ '<a>'|e + '<b>' }} {{ ('<a>'|e)|e }}",
     "{% set x = messages[0].content|safe %}{{ x }} {{ x + x }} {{ x + '&' }} {{ '&' + x }} {{ x|upper }} {{ x|trim + '<' }} {{ (x|string) + '<' }}",
     "{{ ('<a>'|safe).replace('a', '<') }} {{ ('<, '|safe).join(['<', 'a'|safe]) }} {{ (' <a> '|safe).strip() + '<' }} {{ ('a<b'|safe).split('<')[1] + '<' }}",
     "{{ ('<'|safe) == '<' }} {{ '<' in ('<a'|safe) }} {{ {'<': 1}['<'|safe] }} {{ ('<a>'|safe)|length }} {{ ['<'|safe] }} {{ ('<'|safe)|tojson }}",
     "{{ ('<a>'|safe)[0] + '<' }} {{ ('<a>'|safe)[1:] + '<' }} {{ ('<'|safe) * 2 + '<' }} {{ '<'|safe is string }} {{ '<'|safe is escaped }} {{ '<' is escaped }}",
     "{{ ('<a>'|safe)|replace('a', '<') + '<' }} {{ ['<'|safe, '<']|join + '<' }} {{ ('<\n<'|safe)|indent + '<' }} {{ ('<a'|safe)|title + '<' }} {{ ('<a'|safe)|first + '<' }}",
     "{% set x %}{{ '<'|safe }}{% endset %}{{ x + '<' }}{% macro f() %}{{ '<'|safe }}{% endmacro %}{{ f() + '<' }} {{ ('<'|safe)|default('x') + '<' }} {{ 5|safe + '<' }}",
     "{{ ('<'|safe) + 1 }}", "{{ none|safe }} {{ x|safe }} {{ x|e }}", "{{ '<'|safe|capitalize + '<' }}{{ ('<'|safe)|list }}{{ ('A<'|safe).lower() + '<' }}{{ ('<'|safe).startswith('<') }}",
     "{% set d = {'a': 1} %}{{ d[1:] }}", "{% set d = none %}{{ d[:1] }}", "{{ (messages|map(attribute='role'))[1:] }}")


def main():
    for c in CASES.values():
        try:
            text = env.from_string(c["template"]).render(
                messages=c["messages"], tools=c["tools"], documents=None, add_generation_prompt=c["add_generation_prompt"], **c["specials"])
            c["text"] = text
        except Exception as e:
            c["error"] = f"{type(e).__name__}: {e}"
        print(json.dumps(c, ensure_ascii=True))


main()
