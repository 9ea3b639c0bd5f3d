// HasCardNumber: whether a text holds what is likely the number of a payment card.
#pragma once

#include <string_view>

namespace tidemark::server {

// A run of 13 to 19 digits, no more, single spaces and dashes between them
// included, whose last digit is right by Luhn's formula (ISO/IEC 7812-1, annex B).
// One of ten random numbers of that length is, too.  MaskDigits masks all of them.
bool HasCardNumber(std::string_view text);

}  // namespace tidemark::server
