// The face model inside the library: the bytes of a model file.
#ifndef CFACEMODEL_H
#define CFACEMODEL_H

#include <stddef.h>

/// The file's first byte; NULL when the library was built without a model.
const unsigned char *ocf_face_model(void);

/// The file's size in bytes; 0 when there is none.
size_t ocf_face_model_size(void);

#endif
