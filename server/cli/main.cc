// tidemark: picks the subcommand; each has a file of its own in this folder.
#include <cstdio>

int main() {
  std::fprintf(stderr, "usage: tidemark serve|demo|query …\n");
  return 2;
}
