// Seeds of the simulation: one for each thing that happens, so that what
// happens does not depend on when somebody looks.
#pragma once

#include <cstdint>

namespace tidemark::server {

// Mixes the simulation's seed with a number (a second, a slot) and the kind of
// thing it counts.  SplitMix64's finaliser, by Sebastiano Vigna, public domain.
inline uint64_t SeedOf(uint64_t seed, uint64_t kind, int64_t number) {
  uint64_t z =
      seed + kind * 0xd1342543de82ef95 + static_cast<uint64_t>(number) * 0x9e3779b97f4a7c15;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

}  // namespace tidemark::server
