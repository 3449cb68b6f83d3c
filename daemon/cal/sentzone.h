/* SPDX-License-Identifier: ISC */
/*
 * Sentzone: a VTIMEZONE that came along with a calendar object, evaluated for
 * one wall time. Only rules that come back yearly are read and nothing is
 * expanded, so that no rule can stall us. Pure.
 */
#ifndef CAL_SENTZONE_H
#define CAL_SENTZONE_H

#include <stdbool.h>
#include <libical/ical.h>
#include "base/civil.h"

/* Seconds east of UTC at that wall time; false if the component describes
 * nothing that we can evaluate. */
bool sentzone_offset(icalcomponent *vtimezone, const struct civil *wall,
    int *offset_s);

#endif
