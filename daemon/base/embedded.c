/* SPDX-License-Identifier: ISC */
/*
 * Embedded files: the look-up. The data itself is in build/MODE/gen. Nothing
 * here is ever written or freed. Invariant: an unknown path gives p == NULL,
 * an empty file gives p != NULL and n == 0.
 */
#include "base/embedded.h"

#include <string.h>

struct span
embedded_get(const char *path)
{
	const struct embedded_file *f;

	for (f = embedded_files; f->path != NULL; f++) {
		if (strcmp(f->path, path) == 0)
			return span_make(f->data, f->size);
	}
	return span_make(NULL, 0);
}
