#include "server/version.h"

namespace tidemark::server {

std::string_view Version() { return TIDEMARK_VERSION; }
std::string_view Revision() { return TIDEMARK_REVISION; }

}  // namespace tidemark::server
