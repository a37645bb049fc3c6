// V4L2 as Embedded Swift can use it. See system.c.
#ifndef CCAMERA_H
#define CCAMERA_H
#endif
