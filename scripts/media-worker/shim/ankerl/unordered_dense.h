// Stands in for ankerl::unordered_dense, which Debian does not package: the same names over standard containers.
// mediasoup-worker uses only what std::unordered_map and std::unordered_set offer as well.
#pragma once

#include <cstdint>
#include <functional>
#include <type_traits>
#include <unordered_map>
#include <unordered_set>

namespace ankerl::unordered_dense
{
  // std::hash is the identity for integers, and mediasoup combines the hashes of addresses and ports by itself:
  // so integers are mixed, by the finalizer of the SplitMix64 generator.
  template<typename T>
  struct hash
  {
    size_t operator()(const T& value) const noexcept
    {
      if constexpr (std::is_integral_v<T> || std::is_enum_v<T>)
      {
        return Mix(static_cast<uint64_t>(value));
      }
      else if constexpr (std::is_pointer_v<T>)
      {
        return Mix(reinterpret_cast<uintptr_t>(value));
      }
      else
      {
        return std::hash<T>{}(value);
      }
    }

  private:
    static size_t Mix(uint64_t x) noexcept
    {
      x ^= x >> 30;
      x *= 0xbf58476d1ce4e5b9ULL;
      x ^= x >> 27;
      x *= 0x94d049bb133111ebULL;
      x ^= x >> 31;

      return static_cast<size_t>(x);
    }
  };

  template<typename Key, typename Value, typename Hash = hash<Key>, typename Equal = std::equal_to<Key>>
  using map = std::unordered_map<Key, Value, Hash, Equal>;

  template<typename Key, typename Hash = hash<Key>, typename Equal = std::equal_to<Key>>
  using set = std::unordered_set<Key, Hash, Equal>;
} // namespace ankerl::unordered_dense
