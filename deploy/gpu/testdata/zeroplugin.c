// A PJRT plugin without a device: it takes every program and answers each run
// with zeros of the right shapes. With it a test builds all graphs for XLA, up to
// the StableHLO text that a real plugin would compile, and walks all the code
// around them. Programs are kept in the folder that $ZEROPLUGIN_OUT names.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pjrt_c_api.h"

struct PJRT_Error {
  char text[256];
};

static PJRT_Error* fail(const char* text) {
  PJRT_Error* e = calloc(1, sizeof *e);
  snprintf(e->text, sizeof e->text, "%s", text);
  return e;
}

static PJRT_Error* unimplemented(void* args) {
  (void)args;
  return fail("not implemented by the plugin that answers zeros");
}

static PJRT_Error* succeed(void* args) {
  (void)args;
  return NULL;
}

static void error_destroy(PJRT_Error_Destroy_Args* a) { free(a->error); }

static void error_message(PJRT_Error_Message_Args* a) {
  a->message = a->error->text;
  a->message_size = strlen(a->message);
}

static PJRT_Error* error_code(PJRT_Error_GetCode_Args* a) {
  a->code = PJRT_Error_Code_UNIMPLEMENTED;
  return NULL;
}

static PJRT_Error* attributes(PJRT_Plugin_Attributes_Args* a) {
  a->attributes = NULL;
  a->num_attributes = 0;
  return NULL;
}

static int device;  // its address stands for the client and its device

static PJRT_Error* client_create(PJRT_Client_Create_Args* a) {
  a->client = (PJRT_Client*)&device;
  return NULL;
}

static PJRT_Error* platform_name(PJRT_Client_PlatformName_Args* a) {
  a->platform_name = "zeros";
  a->platform_name_size = strlen(a->platform_name);
  return NULL;
}

static PJRT_Error* platform_version(PJRT_Client_PlatformVersion_Args* a) {
  a->platform_version = "0";
  a->platform_version_size = 1;
  return NULL;
}

static PJRT_Error* addressable_devices(PJRT_Client_AddressableDevices_Args* a) {
  static PJRT_Device* devices[1];
  devices[0] = (PJRT_Device*)&device;
  a->addressable_devices = devices;
  a->num_addressable_devices = 1;
  return NULL;
}

// Buffers have a shape and no data.
struct PJRT_Buffer {
  PJRT_Buffer_Type type;
  int64_t dims[8];
  size_t num_dims;
};

static PJRT_Error* buffer_from_host(PJRT_Client_BufferFromHostBuffer_Args* a) {
  PJRT_Buffer* b = calloc(1, sizeof *b);
  b->type = a->type;
  b->num_dims = a->num_dims < 8 ? a->num_dims : 8;
  memcpy(b->dims, a->dims, b->num_dims * sizeof *b->dims);
  a->buffer = b;
  a->done_with_host_buffer = (PJRT_Event*)&device;
  return NULL;
}

static PJRT_Error* buffer_destroy(PJRT_Buffer_Destroy_Args* a) {
  free(a->buffer);
  return NULL;
}

static PJRT_Error* buffer_dimensions(PJRT_Buffer_Dimensions_Args* a) {
  a->dims = a->buffer->dims;
  a->num_dims = a->buffer->num_dims;
  return NULL;
}

static PJRT_Error* buffer_element_type(PJRT_Buffer_ElementType_Args* a) {
  a->type = a->buffer->type;
  return NULL;
}

static PJRT_Error* buffer_device(PJRT_Buffer_Device_Args* a) {
  a->device = (PJRT_Device*)&device;
  return NULL;
}

static PJRT_Error* is_addressable(PJRT_Device_IsAddressable_Args* a) {
  a->is_addressable = true;
  return NULL;
}

static PJRT_Error* buffer_to_host(PJRT_Buffer_ToHostBuffer_Args* a) {
  if (a->dst != NULL) memset(a->dst, 0, a->dst_size);
  a->event = (PJRT_Event*)&device;
  return NULL;
}

// An executable is the shapes of its outputs.
struct PJRT_LoadedExecutable {
  size_t num_outputs;
  PJRT_Buffer outputs[4096];
};

// parse_tensor reads the inside of tensor<…>, such as 2x3xf32 or i1.
static void parse_tensor(const char* text, PJRT_Buffer* b) {
  static const struct {
    const char* name;
    PJRT_Buffer_Type type;
  } types[] = {{"f32>", PJRT_Buffer_Type_F32}, {"bf16>", PJRT_Buffer_Type_BF16}, {"i32>", PJRT_Buffer_Type_S32},
               {"i64>", PJRT_Buffer_Type_S64}, {"i1>", PJRT_Buffer_Type_PRED}, {"ui64>", PJRT_Buffer_Type_U64}};
  char* end;
  for (b->num_dims = 0; b->num_dims < 8; text = end + 1) {
    long long n = strtoll(text, &end, 10);
    if (end == text || *end != 'x') break;
    b->dims[b->num_dims++] = n;
  }
  for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
    if (strncmp(text, types[i].name, strlen(types[i].name)) == 0) b->type = types[i].type;
  }
}

static PJRT_Error* compile(PJRT_Client_Compile_Args* a) {
  const char* folder = getenv("ZEROPLUGIN_OUT");
  static int count;
  if (folder != NULL) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%d.mlir", folder, ++count);
    FILE* f = fopen(path, "w");
    if (f == NULL) return fail("cannot write to $ZEROPLUGIN_OUT");
    fwrite(a->program->code, 1, a->program->code_size, f);
    fclose(f);
  }
  char* text = calloc(1, a->program->code_size + 1);
  memcpy(text, a->program->code, a->program->code_size);
  PJRT_LoadedExecutable* e = calloc(1, sizeof *e);
  char* at = strstr(text, "func.func @main(");
  if (at != NULL) at = strstr(at, ") -> ");
  if (at == NULL) return fail("the program has no main function with results");
  char* end = strchr(at, '\n');
  while ((at = strstr(at, "tensor<")) != NULL && at < end) {
    at += strlen("tensor<");
    parse_tensor(at, &e->outputs[e->num_outputs]);
    if (e->outputs[e->num_outputs++].type == PJRT_Buffer_Type_INVALID) return fail("an output has an unknown type");
  }
  free(text);
  a->executable = e;
  return NULL;
}

static PJRT_Error* get_executable(PJRT_LoadedExecutable_GetExecutable_Args* a) {
  a->executable = (PJRT_Executable*)a->loaded_executable;
  return NULL;
}

static PJRT_Error* executable_name(PJRT_Executable_Name_Args* a) {
  a->executable_name = "zeros";
  a->executable_name_size = strlen(a->executable_name);
  return NULL;
}

static PJRT_Error* num_outputs(PJRT_Executable_NumOutputs_Args* a) {
  a->num_outputs = ((PJRT_LoadedExecutable*)a->executable)->num_outputs;
  return NULL;
}

static PJRT_Error* executable_destroy(PJRT_LoadedExecutable_Destroy_Args* a) {
  free(a->executable);
  return NULL;
}

static PJRT_Error* execute(PJRT_LoadedExecutable_Execute_Args* a) {
  for (size_t i = 0; i < a->executable->num_outputs; i++) {
    PJRT_Buffer* b = malloc(sizeof *b);
    *b = a->executable->outputs[i];
    a->output_lists[0][i] = b;
  }
  if (a->device_complete_events != NULL) a->device_complete_events[0] = (PJRT_Event*)&device;
  return NULL;
}

const PJRT_Api* GetPjrtApi(void) {
  static PJRT_Api api;
  api.struct_size = PJRT_Api_STRUCT_SIZE;
  api.pjrt_api_version.struct_size = PJRT_Api_Version_STRUCT_SIZE;
  api.pjrt_api_version.major_version = PJRT_API_MAJOR;
  api.pjrt_api_version.minor_version = PJRT_API_MINOR;
  void** slot = (void**)&api.PJRT_Error_Destroy;
  for (; (char*)slot < (char*)&api + sizeof api; slot++) *slot = (void*)unimplemented;
  api.PJRT_Error_Destroy = error_destroy;
  api.PJRT_Error_Message = error_message;
  api.PJRT_Error_GetCode = error_code;
  api.PJRT_Plugin_Initialize = (void*)succeed;
  api.PJRT_Plugin_Attributes = attributes;
  api.PJRT_Client_Create = client_create;
  api.PJRT_Client_Destroy = (void*)succeed;
  api.PJRT_Client_PlatformName = platform_name;
  api.PJRT_Client_PlatformVersion = platform_version;
  api.PJRT_Client_ProcessIndex = (void*)succeed;
  api.PJRT_Client_AddressableDevices = addressable_devices;
  api.PJRT_Client_Compile = compile;
  api.PJRT_Device_LocalHardwareId = (void*)succeed;
  api.PJRT_Device_IsAddressable = is_addressable;
  api.PJRT_Client_BufferFromHostBuffer = buffer_from_host;
  api.PJRT_Buffer_Destroy = buffer_destroy;
  api.PJRT_Buffer_Dimensions = buffer_dimensions;
  api.PJRT_Buffer_ElementType = buffer_element_type;
  api.PJRT_Buffer_Device = buffer_device;
  api.PJRT_Buffer_ToHostBuffer = buffer_to_host;
  api.PJRT_LoadedExecutable_GetExecutable = get_executable;
  api.PJRT_LoadedExecutable_Execute = execute;
  api.PJRT_LoadedExecutable_Destroy = executable_destroy;
  api.PJRT_Executable_Destroy = (void*)succeed;
  api.PJRT_Executable_Name = executable_name;
  api.PJRT_Executable_NumOutputs = num_outputs;
  api.PJRT_Executable_GetCompiledMemoryStats = (void*)succeed;
  api.PJRT_Event_Await = (void*)succeed;
  api.PJRT_Event_Destroy = (void*)succeed;
  return &api;
}
