#ifndef CKERNELS_H
#define CKERNELS_H
int ock_placeholder(void);
#endif
