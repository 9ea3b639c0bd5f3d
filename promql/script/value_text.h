// A Value as text, for tests that compare whole answers.
#pragma once

#include <string>

#include "promql/value.h"

namespace tidemark::promql {

// Lines that end in \n:
//   scalar and string     12.5        "text"
//   each series of a vector    up{job="a"} 1
//   each series of a matrix    up{job="a"} 1@0 2@60     (value@seconds)
// floats before histograms; numbers as Go prints them.
std::string ValueText(const Value& value);

}  // namespace tidemark::promql
