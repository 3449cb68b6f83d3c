/* SPDX-License-Identifier: ISC */
/* Jca: const data only. Invariant: every body's category is in the list. */
#include "conf/jca.h"

#define N(array) (sizeof(array) / sizeof((array)[0]))

const struct category jca_categories[] = {
	{ "itu-t-sg", "ITU-T study groups", ADMIT_BY_RIGHT, POSTING_POST, 0 },
	{ "tsag", "TSAG", ADMIT_BY_RIGHT, POSTING_POST, 0 },
	{ "sg-secretariat", "Study group secretariats", ADMIT_BY_RIGHT,
	    POSTING_POST, 0 },
	{ "other-itu", "Other ITU groups", ADMIT_BY_INVITATION, POSTING_POST,
	    0 },
	{ "external", "External bodies", ADMIT_BY_INVITATION, POSTING_POST,
	    0 },
	{ "expert", "Invited experts", ADMIT_BY_INVITATION, POSTING_MODERATED,
	    0 },
	{ "leadership", "Leadership of the JCA", ADMIT_BY_SECRETARIAT,
	    POSTING_POST, 0 },
	{ "observer", "Observers", ADMIT_BY_SECRETARIAT, POSTING_NONE, 0 },
};

const size_t jca_n_categories = N(jca_categories);

const struct jca_body jca_bodies[] = {
	{ "SG11", "ITU-T Study Group 11: signalling, protocols and testing",
	    "itu-t-sg", "ITU-T SG11", "tsbsg11@itu-t.example" },
	{ "SG13", "ITU-T Study Group 13: future networks", "itu-t-sg",
	    "ITU-T SG13,Q16/13", "tsbsg13@itu-t.example" },
	{ "SG17", "ITU-T Study Group 17: security", "itu-t-sg", "ITU-T SG17",
	    "tsbsg17@itu-t.example" },
	{ "SG15", "ITU-T Study Group 15: transport, access and home",
	    "itu-t-sg", "ITU-T SG15", "tsbsg15@itu-t.example" },
	{ "SG20", "ITU-T Study Group 20: Internet of things and smart cities",
	    "itu-t-sg", "ITU-T SG20", "tsbsg20@itu-t.example" },
	{ "SG2", "ITU-T Study Group 2: operational aspects", "itu-t-sg",
	    "ITU-T SG2,SG02", "tsbsg2@itu-t.example" },
	{ "TSAG", "Telecommunication Standardization Advisory Group", "tsag",
	    "ITU-T TSAG", "tsbtsag@itu-t.example" },
	{ "SG11 secretariat", "Secretariat of Study Group 11",
	    "sg-secretariat", "", "tsbsg11@itu-t.example" },
	{ "SG13 secretariat", "Secretariat of Study Group 13",
	    "sg-secretariat", "", "tsbsg13@itu-t.example" },
	{ "SG17 secretariat", "Secretariat of Study Group 17",
	    "sg-secretariat", "", "tsbsg17@itu-t.example" },
	{ "TSB", "Telecommunication Standardization Bureau", "sg-secretariat",
	    "ITU-T secretariat", "tsbtsag@itu-t.example" },
	{ "ITU-R WP", "Working parties of the Radiocommunication Sector",
	    "other-itu", "ITU-R", "contact@itu-r.example" },
	{ "ITU-D SG2", "ITU-D Study Group 2", "other-itu", "ITU-D",
	    "contact@itu-d.example" },
	{ "ISO/IEC JTC 1", "ISO/IEC Joint Technical Committee 1", "external",
	    "JTC 1,JTC1,ISO/IEC JTC 1/SC 27", "contact@jtc1.example" },
	{ "ETSI ISG QKD",
	    "ETSI Industry Specification Group on quantum key distribution",
	    "external", "ISG QKD,ETSI", "contact@isg-qkd.example" },
	{ "IEEE", "IEEE standards on quantum communication", "external", "",
	    "contact@ieee-like.example" },
	{ "IETF/IRTF QIRG", "Quantum Internet Research Group", "external",
	    "QIRG,IRTF,IETF", "contact@qirg.example" },
	{ "CCSA", "China Communications Standards Association", "external",
	    "", "contact@ccsa-like.example" },
	{ "CEN-CENELEC", "CEN-CENELEC on quantum technologies", "external",
	    "CEN,CENELEC", "contact@cen-like.example" },
	{ "IEC TC 86", "IEC Technical Committee 86: fibre optics", "external",
	    "TC 86,TC86", "contact@tc86.example" },
	{ "JCA-QKDN", "Chair and vice-chairs appointed by TSAG", "leadership",
	    "JCA", "" },
};

const size_t jca_n_bodies = N(jca_bodies);
