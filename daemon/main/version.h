/* SPDX-License-Identifier: ISC */
/* Version: of the programs, as jcad -V and jcadctl -V print it. */
#ifndef MAIN_VERSION_H
#define MAIN_VERSION_H

#define VERSION "0.1.0"

#endif
