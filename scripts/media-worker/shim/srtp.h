// What mediasoup-worker uses of libsrtp 3, on top of libsrtp 2, the one that Debian has. Header only; no cipher here.
//
// Bridged differences:
//  - srtp_policy_t is an opaque handle with setters in 3, a plain struct in 2
//  - srtp_protect(), srtp_unprotect() and their RTCP forms take an input and an output buffer and size_t lengths in 3,
//    and work in place on an int length in 2: the packet is copied first, then worked on in the output buffer
//  - srtp_stream_remove() of 3 is srtp_remove_stream() in 2
#pragma once

#include <srtp2/srtp.h>

#include <climits>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <new>

// Error codes that only 3 has. 2 never returns them.
inline constexpr srtp_err_status_t srtp_err_status_buffer_small = static_cast<srtp_err_status_t>(28);
inline constexpr srtp_err_status_t srtp_err_status_cryptex_err  = static_cast<srtp_err_status_t>(29);

namespace proscenium_srtp
{
  using Policy2 = ::srtp_policy_t;

  struct Policy
  {
    Policy2 policy{};
    // The policy of 2 points at its key; the caller of 3 may free its own copy at once.
    unsigned char key[SRTP_MAX_KEY_LEN]{};
  };

  // What SRTCP adds on top of the longest trailer: the E flag with the index (RFC 3711 section 3.4).
  inline constexpr size_t SrtcpIndexLength{ 4 };

  using InPlace = srtp_err_status_t (*)(srtp_t, void*, int*);

  // `growth`: the most that the operation may add to the packet. `outputLength`: in, the room; out, the length.
  inline srtp_err_status_t Apply(
    InPlace operation,
    srtp_t session,
    const uint8_t* input,
    size_t inputLength,
    uint8_t* output,
    size_t* outputLength,
    size_t growth)
  {
    if (inputLength > static_cast<size_t>(INT_MAX) || inputLength + growth > *outputLength)
    {
      return srtp_err_status_buffer_small;
    }

    if (output != input)
    {
      std::memmove(output, input, inputLength);
    }

    int length                     = static_cast<int>(inputLength);
    const srtp_err_status_t status = operation(session, output, &length);

    *outputLength = static_cast<size_t>(length);

    return status;
  }
} // namespace proscenium_srtp

#define srtp_policy_t proscenium_srtp_policy_t
using proscenium_srtp_policy_t = proscenium_srtp::Policy*;

inline srtp_err_status_t srtp_policy_create(srtp_policy_t* policy)
{
  *policy = new (std::nothrow) proscenium_srtp::Policy();

  return *policy ? srtp_err_status_ok : srtp_err_status_alloc_fail;
}

inline void srtp_policy_destroy(srtp_policy_t policy)
{
  if (policy)
  {
    // volatile, so that the compiler keeps the wipe of the key.
    volatile unsigned char* key = policy->key;

    for (size_t i = 0; i < sizeof(policy->key); ++i)
    {
      key[i] = 0;
    }
  }

  delete policy;
}

inline srtp_err_status_t srtp_policy_set_ssrc(srtp_policy_t policy, srtp_ssrc_t ssrc)
{
  policy->policy.ssrc = ssrc;

  return srtp_err_status_ok;
}

inline srtp_err_status_t srtp_policy_set_profile(srtp_policy_t policy, srtp_profile_t profile)
{
  const srtp_err_status_t status = srtp_crypto_policy_set_from_profile_for_rtp(&policy->policy.rtp, profile);

  return status == srtp_err_status_ok
           ? srtp_crypto_policy_set_from_profile_for_rtcp(&policy->policy.rtcp, profile)
           : status;
}

inline srtp_err_status_t srtp_policy_add_key(
  srtp_policy_t policy,
  const uint8_t* key,
  size_t keyLength,
  const uint8_t* salt,
  size_t saltLength,
  const uint8_t* /*mki*/,
  size_t mkiLength)
{
  // 2 would take a master key identifier as well, but mediasoup never gives one.
  if (mkiLength != 0 || keyLength + saltLength > sizeof(policy->key))
  {
    return srtp_err_status_bad_param;
  }

  std::memcpy(policy->key, key, keyLength);
  std::memcpy(policy->key + keyLength, salt, saltLength);
  policy->policy.key = policy->key;

  return srtp_err_status_ok;
}

inline srtp_err_status_t srtp_policy_set_allow_repeat_tx(srtp_policy_t policy, bool allow)
{
  policy->policy.allow_repeat_tx = allow ? 1 : 0;

  return srtp_err_status_ok;
}

inline srtp_err_status_t srtp_policy_set_window_size(srtp_policy_t policy, size_t windowSize)
{
  policy->policy.window_size = static_cast<unsigned long>(windowSize);

  return srtp_err_status_ok;
}

inline srtp_err_status_t srtp_create(srtp_t* session, srtp_policy_t policy)
{
  return ::srtp_create(session, static_cast<const proscenium_srtp::Policy2*>(&policy->policy));
}

inline srtp_err_status_t srtp_stream_remove(srtp_t session, uint32_t ssrcInNetworkOrder)
{
  return srtp_remove_stream(session, ssrcInNetworkOrder);
}

inline srtp_err_status_t srtp_protect(
  srtp_t session, const uint8_t* rtp, size_t rtpLength, uint8_t* srtp, size_t* srtpLength, size_t /*mkiIndex*/)
{
  return proscenium_srtp::Apply(::srtp_protect, session, rtp, rtpLength, srtp, srtpLength, SRTP_MAX_TRAILER_LEN);
}

inline srtp_err_status_t srtp_unprotect(
  srtp_t session, const uint8_t* srtp, size_t srtpLength, uint8_t* rtp, size_t* rtpLength)
{
  return proscenium_srtp::Apply(::srtp_unprotect, session, srtp, srtpLength, rtp, rtpLength, 0);
}

inline srtp_err_status_t srtp_protect_rtcp(
  srtp_t session, const uint8_t* rtcp, size_t rtcpLength, uint8_t* srtcp, size_t* srtcpLength, size_t /*mkiIndex*/)
{
  return proscenium_srtp::Apply(
    ::srtp_protect_rtcp,
    session,
    rtcp,
    rtcpLength,
    srtcp,
    srtcpLength,
    SRTP_MAX_TRAILER_LEN + proscenium_srtp::SrtcpIndexLength);
}

inline srtp_err_status_t srtp_unprotect_rtcp(
  srtp_t session, const uint8_t* srtcp, size_t srtcpLength, uint8_t* rtcp, size_t* rtcpLength)
{
  return proscenium_srtp::Apply(::srtp_unprotect_rtcp, session, srtcp, srtcpLength, rtcp, rtcpLength, 0);
}
