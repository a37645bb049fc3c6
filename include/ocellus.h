#ifndef OCELLUS_H
#define OCELLUS_H
#endif
