// The model file becomes bytes of the library. OCELLUS_FACE_MODEL (Package.swift) may name another one, or none.
#include "CFaceModel.h"

#ifdef OCELLUS_WITHOUT_FACE_MODEL
const unsigned char *ocf_face_model(void) { return NULL; }
size_t ocf_face_model_size(void) { return 0; }
#else

#ifndef OCELLUS_FACE_MODEL
#define OCELLUS_FACE_MODEL "../../Models/face/face.safetensors"
#endif

#pragma clang diagnostic ignored "-Wc23-extensions"
// Tensors in the file are read where they lie: the start is aligned as memory from malloc is.
static const _Alignas(64) unsigned char bytes[] = {
#embed OCELLUS_FACE_MODEL
};

const unsigned char *ocf_face_model(void) { return bytes; }
size_t ocf_face_model_size(void) { return sizeof bytes; }
#endif
