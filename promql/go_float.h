// GoFloat, from where the texts of histograms need it too.
#pragma once

#include "tsdb/base/go_float.h"
