#include "server/tenancy.h"

#include <fmt/format.h>

#include "absl/strings/ascii.h"

namespace tidemark::server {
namespace {

constexpr size_t kMaxTenantBytes = 150;

bool IsTenantChar(char c) {
  return absl::ascii_isalnum(static_cast<unsigned char>(c)) ||
         (c != '\0' && std::string_view("!-_.*'()").find(c) != std::string_view::npos);
}

}  // namespace

Status ValidateTenant(std::string_view name) {
  if (name.empty()) return InvalidArgument("tenant ID is empty");
  if (name.size() > kMaxTenantBytes) {
    return InvalidArgument(fmt::format("tenant ID is too long: {} bytes, at most {} are allowed",
                                       name.size(), kMaxTenantBytes));
  }
  if (name == "." || name == "..") return InvalidArgument("tenant ID is '.' or '..'");
  for (const char c : name) {
    if (IsTenantChar(c)) continue;
    return InvalidArgument(fmt::format("tenant ID contains the unsupported character 0x{:02x}",
                                       static_cast<unsigned char>(c)));
  }
  return OkStatus();
}

StatusOr<std::string> TenantOf(const HttpRequest& request) {
  const std::string_view name = request.Header(kTenantHeader);
  if (name.empty()) {
    return InvalidArgument("no tenant: tenancy.enabled asks for an X-Scope-OrgID header");
  }
  RETURN_IF_ERROR(ValidateTenant(name));
  return std::string(name);
}

}  // namespace tidemark::server
