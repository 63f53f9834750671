package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"temper/starter/advice"
)

// TestMistakes: what people get wrong is answered, within a screen, with what is
// wrong, what is valid or what to do next, and with the right exit code. DIR is a
// folder with the files that the commands name, DATA one on which a run is
// recorded and nothing runs.
func TestMistakes(t *testing.T) {
	data, dir := recordedData(t), t.TempDir()
	for name, text := range map[string]string{
		"lines.jsonl": `{"question":"1+1?","answer":"2\n#### 2"}` + "\n", "empty.yaml": "", "tab.yaml": "name: x\n\tseed: 1\n",
		"twice.yaml": "name: x\nseed: 1\nseed: 2\n", "types.yaml": "name: x\nseed: ten\nstepz: 1\n", "gsm8k/README": "", "notes.txt": "",
	} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	const files = " --set data.train=DIR/lines.jsonl --set data.test=DIR/lines.jsonl"
	for _, test := range []struct {
		args string
		code int
		want string // some of what is said
	}{
		{"dmeo", exitUsage, `no command "dmeo"; did you mean demo? valid: `},
		{"recpie list", exitUsage, `did you mean recipe?`},
		{"grade maths x", exitUsage, `did you mean math? valid: code, gold, math; see`},
		{"run", exitUsage, "no recipe is given; valid: a file, or one of acereason-1."},
		{"audit", exitUsage, "RUN is missing; valid: the name of a run; see"},
		{"audit demo --offline DIR/gsm8k", exitUsage, "both RUN demo and --offline DIR/gsm8k are given; valid: one of them"},
		{"audit demo --recompute 0", exitUsage, "--recompute is 0; valid: 1 and above"},
		{"audit demo --seed 3", exitUsage, "--seed goes with --recompute"},
		{"audit demo --key DIR/notes.txt", exitUsage, "--key goes with --offline"},
		{"audit --offline DIR/none", exitFailure, "none: no such file or directory"},
		{"audit --offline DIR/gsm8k", exitFailure, "is no bundle: it has no statement.json; valid: what export --audit wrote"},
		{"audit --offline DIR/gsm8k --key DIR/notes.txt", exitFailure, "notes.txt is no PEM file; valid: an Ed25519 key"},
		{"export demo --audit --dtype bf16 --to x", exitUsage, "--dtype does not go with --audit"},
		{"export demo --weights --to x", exitUsage, "--weights does not go with the export of a model"},
		{"export demo@sft --audit --to x", exitUsage, "--audit is of a whole run; valid: its name"},
		{"export demo --audit --to s3://b/x", exitUsage, `valid with --audit: a folder, or a file that ends with .zip`},
		{"pause", exitUsage, "RUN is missing; valid: the name of a run or of an experiment; see"},
		{"pause a b", exitUsage, `"b" is one argument too many`},
		{"demo --frehs", exitUsage, "did you mean --fresh?"},
		{"grade code --slots x", exitUsage, `--slots is "x"; valid: a whole number`},
		{"grade code --wall lanlock", exitUsage, `did you mean landlock? valid: namespaces, landlock`},
		{"demo --keep=perhaps", exitUsage, `--keep is "perhaps"; valid: true, false`},
		{"run gsm8k-tin", exitFailure, `did you mean gsm8k-tiny? valid: a file, or one of acereason-1.`},
		{"run --recipe gsm8k-tin", exitFailure, `did you mean gsm8k-tiny? valid: acereason-1.`},
		{"run DIR/none.yaml", exitFailure, "none.yaml: no such file or directory; valid: a file, or one of acereason-1."},
		{"recipe check DIR/gsm8k", exitFailure, "is a directory; valid: a file, or one of acereason-1."},
		{"recipe check DIR/empty.yaml", exitFailure, "it is empty"},
		{"recipe check DIR/tab.yaml", exitFailure, "line 2: found a tab character"},
		{"recipe check DIR/twice.yaml", exitFailure, `line 3: key "seed" already set`},
		{"recipe check DIR/types.yaml", exitFailure, `seed is "ten"; valid: a whole number from 0 to`},
		{"recipe check DIR/lines.jsonl", exitFailure, "question is unknown; valid: name, seed,"},
		{"run gsm8k-tiny", exitFailure, "data.train.uri is empty; give a path or s3:// URI, for instance --set data.train="},
		{"run gsm8k-tiny --set data.train=DIR/none --set data.test=DIR/lines.jsonl", exitFailure, "data.train.uri: DIR/none: no such file or folder; valid: a file of JSON lines, gzip, zstd or Parquet (--set data.train=FILE), or s3://BUCKET/KEY"},
		{"run gsm8k-tiny --set data.train=DIR/gsm8k --set data.test=DIR/lines.jsonl", exitFailure, "DIR/gsm8k is a folder; valid: a file of JSON lines, gzip"},
		{"run gsm8k-tiny --set data.train=s3://b --set data.test=s3://b/x", exitFailure, `data.train.uri is "s3://b"; valid: a path, s3://BUCKET/KEY`},
		{"evaluate", exitUsage, "--model is missing; valid: a folder, s3://BUCKET/FOLDER, RUN, RUN@STAGE"},
		{"evaluate --model x", exitUsage, "--benchmark is missing; valid: NAME=FILE with a name of aime24, "},
		{"evaluate --model x --benchmark gsmk=f", exitUsage, `--benchmark is "gsmk=f"; did you mean gsm8k? valid: NAME=FILE`},
		{"evaluate --model DIR --benchmark gsm8k=f", exitFailure, "has no config.json; valid: a folder in Hugging Face's layout"},
		{"evaluate --model Never_Run --benchmark gsm8k=f", exitFailure, `--model is "Never_Run"; valid: a folder, s3://BUCKET/FOLDER, RUN, RUN@STAGE`},
		{"evaluate --model never-run --benchmark gsm8k=f --data DATA", exitFailure, "never-run"},
		{"evaluate --model s3://b/m --benchmark gsm8k=f", exitFailure, "--max-position-embeddings is missing; valid with a model in S3"},
		{"run gsm8k-tiny --set data.tain=x", exitFailure, "did you mean train? valid: test, train"},
		{"run gsm8k-tiny --set tokenizer=byts" + files, exitFailure, `tokenizer is "byts"; `},
		{"run gsm8k-tiny --set model.base=DIR/gsm8k" + files, exitFailure, "--set 'model={base: "},
		{"run gsm8k-stories260k --set model.base=DIR/gsm8k" + files, exitFailure, "model.base: DIR/gsm8k has none of config.json; valid: a folder with config.json"},
		{"run gsm8k-stories260k --set model.base=DIR --set tokenizer=DIR/gsm8k" + files, exitFailure, "has none of "},
		{"run smoke --set steps", exitFailure, "valid: PATH=VALUE"},
		{"run smoke --set stages.mth.steps=3", exitFailure, `stages has no "mth"; did you mean math? valid: base-text, sft, math, code`},
		{"run smoke --set stages.math.stepz=3", exitFailure, "did you mean steps? valid: name, kind, "},
		{"run smoke --set stages.math.steps=0", exitFailure, "stages[2].steps is 0; valid: at least 1"},
		{"run smoke --set stages.math.steps=-3", exitFailure, "stages[2].steps is -3; valid: at least 1"},
		{"run smoke --set stages.math.steps=ten", exitFailure, `stages[2].steps is "ten"; valid: a whole number`},
		{"run smoke --set stages.math.optimizer.learning_rate=-1", exitFailure, "learning_rate is -1; valid: above 0"},
		{"run smoke --set stages.math.temperature=-1", exitFailure, `temperature is -1; valid: a number above 0, or "search"`},
		{"run smoke --set stages.math.optimizer.schedule=cosin", exitFailure, "did you mean cosine? valid: constant, cosine"},
		{"run smoke --set stages.math.domain=maths", exitFailure, "did you mean math? valid: math, code"},
		{"run smoke --name a.b/c", exitFailure, `--name is "a.b/c"; valid: 1 to 63 lower-case letters`},
		{"run smoke --detach", exitFailure, "no Temporal runs on DATA; start it with UP"},
		{"run smoke --set parent=my-rnu", exitFailure, `parent: there is no run "my-rnu"; did you mean my-run? see STATUS`},
		{"run smoke --set parent=my-run@maht", exitFailure, `parent: run my-run has no stage "maht"; did you mean math? valid: sft, math, code`},
		{"run smoke --set parent=My@sft", exitFailure, `parent.run is "My"; valid: 1 to 63 of a-z`},
		{"recipe check smoke --set parent.idd=x", exitFailure, `did you mean id? valid: run, id, stage, checkpoint`},
		{"experiment shwo", exitUsage, `did you mean show? valid: list, report, run, show`},
		{"experiment run", exitUsage, "experiment is missing; valid: a file, or one of "},
		{"experiment run epoch", exitFailure, `there is no experiment and no file "epoch"; did you mean epochs? valid: a file, or one of `},
		{"experiment show epochs --seeds -1", exitFailure, "--seeds and --at-once are numbers of at least 1"},
		{"experiment show epochs --set stages.sft.epoch=2", exitFailure, "did you mean epochs?"},
		{"experiment show DIR/types.yaml", exitFailure, "experiment: seed is unknown; did you mean seeds? valid: name, title, recipe,"},
		{"experiment show epochs --set seed=3", exitFailure, "set seed: an experiment has several; valid: --seeds"},
		{"experiment run epochs --name Bad", exitFailure, `--name is "Bad"; valid: 1 to 63`},
		{"experiment report epochs", exitFailure, `there is no experiment "epochs" on DATA, nor any other`},
		{"status my-rnu", exitFailure, "did you mean my-run? see STATUS"},
		{"report my-rnu", exitFailure, "did you mean my-run? see STATUS"},
		{"stop my-rnu", exitFailure, "did you mean my-run? see STATUS"},
		{"resume my-run", exitFailure, "nothing runs on DATA, so run my-run waits already; with UP it goes on"},
		{"choose my-run", exitUsage, "RUN and CANDIDATE are needed; valid: the name of a run and of a candidate that status shows"},
		{"choose my-run a b", exitUsage, `"b" is one argument too many; valid: one CANDIDATE`},
		{"choose my-run sft@5", exitFailure, "nothing runs on DATA, so run my-run waits already; with UP it goes on"},
		{"export my-run@ --to DIR/model", exitUsage, `"my-run@" names no stage; valid: RUN, RUN@STAGE, RUN@STAGE@N`},
		{"export my-run@maht --to DIR/model", exitFailure, "did you mean math? valid: sft, math, code"},
		{"export my-run@math --stage sft --to DIR/model", exitUsage, `--stage is "sft", but the run is "my-run@math"; valid: one of them`},
		{"report my-run --out DIR", exitFailure, "DIR is a folder; valid: a file (--out)"},
		{"report my-run --out /proc/x.html", exitFailure, "create /proc/x.html: no such file or directory"},
		{"export my-run", exitUsage, "--to is missing; valid: a folder, or s3://BUCKET/FOLDER"},
		{"export my-rnu --to DIR/model", exitFailure, "did you mean my-run? see STATUS"},
		{"export my-run --to gs://x/y", exitUsage, "valid: a folder, or s3://BUCKET/FOLDER"},
		{"export my-run --to s3://temper/x", exitFailure, "no S3 store runs on DATA; start it with UP, or give a folder"},
		{"export my-run --to DIR/model --stage maht", exitFailure, "did you mean math? valid: sft, math, code"},
		{"export my-run --to DIR/model --dtype f32", exitUsage, "did you mean fp32? valid: fp32, bf16, fp16"},
		{"export my-run --to DIR/model --run-id none", exitFailure, `no Run ID "none"; valid: id-1`},
		{"export my-run --to DIR/gsm8k", exitFailure, "choose another, or replace a model there with --force"},
		{"tokenize", exitUsage, "no tokenizer is given; valid: --tokenizer with a folder, "},
		{"tokenize --tokenizer DIR/gsm8k", exitFailure, "has none of tokenizer.json"},
		{"tokenize --tokenizer DIR/notes.txt", exitFailure, "valid: a folder, a tokenizer.json or a .bin file"},
		{"grade math DIR/none", exitFailure, "none: no such file or directory; valid: a file of JSON lines, or -"},
	} {
		t.Run(test.args, func(t *testing.T) {
			args := strings.Fields(strings.ReplaceAll(test.args, "DIR", dir))
			code, stdout, stderr := cli(t, append(args, "--data", data)...)
			want := strings.NewReplacer("DIR", dir, "DATA", data, "UP", advice.Command(data, "up"), "STATUS", advice.Command(data, "status")).Replace(test.want)
			if code != test.code || !strings.Contains(stderr, want) || stdout != "" {
				t.Errorf("code %d, %s%swant %d, %s", code, stdout, stderr, test.code, want)
			}
			if strings.Count(stderr, "\n") > screen+1 || len(stderr) > 4000 {
				t.Errorf("%d bytes are more than a screen", len(stderr))
			}
			for _, word := range []string{"goroutine", "rpc error", "RST_STREAM", "strconv.", "json: ", "Go struct", "%!"} {
				if strings.Contains(stderr, word) {
					t.Errorf("%q is said: %s", word, stderr)
				}
			}
		})
	}
	for _, command := range []string{"status", "report my-run", "up"} {
		code, _, stderr := cli(t, append(strings.Fields(command), "--data", filepath.Join(dir, "notes.txt"))...)
		if code != exitUsage || !strings.Contains(stderr, "notes.txt, which is not a folder; valid: a folder") {
			t.Errorf("%s: code %d, %s", command, code, stderr)
		}
	}
}
