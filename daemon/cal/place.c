/* SPDX-License-Identifier: ISC */
/*
 * Cities for zone_find(). Cities after which a zone is named come from the
 * system's zone.tab, not from here. Invariant: no name in both tables.
 */
#include "cal/place.h"

#include <stddef.h>

struct place {
	const char *city, *iana;
};

static const struct place places[] = {
	{ "Geneva", "Europe/Zurich" },
	{ "Genève", "Europe/Zurich" },
	{ "GENÈVE", "Europe/Zurich" },
	{ "Geneve", "Europe/Zurich" },
	{ "Genf", "Europe/Zurich" },
	{ "Ginebra", "Europe/Zurich" },
	{ "Zürich", "Europe/Zurich" },
	{ "Bern", "Europe/Zurich" },
	{ "Lausanne", "Europe/Zurich" },
	{ "Basel", "Europe/Zurich" },
	{ "Sophia Antipolis", "Europe/Paris" },
	{ "Nice", "Europe/Paris" },
	{ "Cannes", "Europe/Paris" },
	{ "Lyon", "Europe/Paris" },
	{ "Lannion", "Europe/Paris" },
	{ "Munich", "Europe/Berlin" },
	{ "München", "Europe/Berlin" },
	{ "Frankfurt", "Europe/Berlin" },
	{ "Bonn", "Europe/Berlin" },
	{ "Darmstadt", "Europe/Berlin" },
	{ "Barcelona", "Europe/Madrid" },
	{ "Milan", "Europe/Rome" },
	{ "Turin", "Europe/Rome" },
	{ "Torino", "Europe/Rome" },
	{ "Rotterdam", "Europe/Amsterdam" },
	{ "The Hague", "Europe/Amsterdam" },
	{ "Delft", "Europe/Amsterdam" },
	{ "Gothenburg", "Europe/Stockholm" },
	{ "Espoo", "Europe/Helsinki" },
	{ "Krakow", "Europe/Warsaw" },
	{ "Brno", "Europe/Prague" },
	{ "Kyiv", "Europe/Kyiv" },
	{ "Kiev", "Europe/Kyiv" },
	{ "Ankara", "Europe/Istanbul" },
	{ "St. Petersburg", "Europe/Moscow" },
	{ "Edinburgh", "Europe/London" },
	{ "Tel Aviv", "Asia/Jerusalem" },
	{ "Abu Dhabi", "Asia/Dubai" },
	{ "Doha", "Asia/Qatar" },
	{ "Manama", "Asia/Bahrain" },
	{ "Jeddah", "Asia/Riyadh" },
	{ "Muscat", "Asia/Muscat" },
	{ "Sharm el-Sheikh", "Africa/Cairo" },
	{ "Sharm el Sheikh", "Africa/Cairo" },
	{ "Abuja", "Africa/Lagos" },
	{ "Yaounde", "Africa/Douala" },
	{ "Yaoundé", "Africa/Douala" },
	{ "Cape Town", "Africa/Johannesburg" },
	{ "Pretoria", "Africa/Johannesburg" },
	{ "Hammamet", "Africa/Tunis" },
	{ "Marrakesh", "Africa/Casablanca" },
	{ "Rabat", "Africa/Casablanca" },
	{ "Bangalore", "Asia/Kolkata" },
	{ "Bengaluru", "Asia/Kolkata" },
	{ "Delhi", "Asia/Kolkata" },
	{ "New Delhi", "Asia/Kolkata" },
	{ "Mumbai", "Asia/Kolkata" },
	{ "Chennai", "Asia/Kolkata" },
	{ "Calcutta", "Asia/Kolkata" },
	{ "Islamabad", "Asia/Karachi" },
	{ "Hanoi", "Asia/Ho_Chi_Minh" },
	{ "Astana", "Asia/Almaty" },
	{ "Beijing", "Asia/Shanghai" },
	{ "Shenzhen", "Asia/Shanghai" },
	{ "Hangzhou", "Asia/Shanghai" },
	{ "Guangzhou", "Asia/Shanghai" },
	{ "Nanjing", "Asia/Shanghai" },
	{ "Xi'an", "Asia/Shanghai" },
	{ "Wuxi", "Asia/Shanghai" },
	{ "Chengdu", "Asia/Shanghai" },
	{ "Chongqing", "Asia/Shanghai" },
	{ "Hefei", "Asia/Shanghai" },
	{ "Macao", "Asia/Macau" },
	{ "Kyoto", "Asia/Tokyo" },
	{ "Osaka", "Asia/Tokyo" },
	{ "Sapporo", "Asia/Tokyo" },
	{ "Yokohama", "Asia/Tokyo" },
	{ "Busan", "Asia/Seoul" },
	{ "Daejeon", "Asia/Seoul" },
	{ "Incheon", "Asia/Seoul" },
	{ "Jeju", "Asia/Seoul" },
	{ "Canberra", "Australia/Sydney" },
	{ "Wellington", "Pacific/Auckland" },
	{ "Washington", "America/New_York" },
	{ "Washington DC", "America/New_York" },
	{ "Washington, D.C.", "America/New_York" },
	{ "Boston", "America/New_York" },
	{ "Atlanta", "America/New_York" },
	{ "San Francisco", "America/Los_Angeles" },
	{ "San Diego", "America/Los_Angeles" },
	{ "San José", "America/Costa_Rica" },
	{ "Seattle", "America/Los_Angeles" },
	{ "Dallas", "America/Chicago" },
	{ "Austin", "America/Chicago" },
	{ "Boulder", "America/Denver" },
	{ "Ottawa", "America/Toronto" },
	{ "Montreal", "America/Toronto" },
	{ "Montréal", "America/Toronto" },
	{ "Calgary", "America/Edmonton" },
	{ "Brasilia", "America/Sao_Paulo" },
	{ "Brasília", "America/Sao_Paulo" },
	{ "Rio de Janeiro", "America/Sao_Paulo" },
	{ "São Paulo", "America/Sao_Paulo" },
	{ "Bogotá", "America/Bogota" },
	{ "City of Buenos Aires", "America/Argentina/Buenos_Aires" },
	{ "Quito", "America/Guayaquil" },
};

static const char *const ambiguous[] = {
	"Center", "Cordoba", "Kingston", "Knox", "La Paz", "Merida",
	"Monticello", "Petersburg", "San Juan", "San Luis", "Santarem",
	"St Johns", "Vincennes", "Vevay", "Winamac", "Tell City", "Marengo",
};

const char *
place_find(struct span city)
{
	size_t i;

	for (i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		if (span_isi(city, places[i].city))
			return places[i].iana;
	}
	return NULL;
}

bool
place_is_ambiguous(struct span city)
{
	size_t i;

	for (i = 0; i < sizeof(ambiguous) / sizeof(ambiguous[0]); i++) {
		if (span_isi(city, ambiguous[i]))
			return true;
	}
	return false;
}
