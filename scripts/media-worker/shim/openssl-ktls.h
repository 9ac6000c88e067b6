// Force-included into every unit.
//
// Debian builds OpenSSL with kernel TLS; the OpenSSL that mediasoup brings along is built without. With kernel TLS,
// libssl asks the write BIO whether the kernel does the sending (BIO_CTRL_GET_KTLS_SEND). mediasoup's BIO callback
// answers 1 to every control call, so libssl allocates no write buffer and the worker dies of SIGSEGV at the first
// DTLS ServerHello. This lets the BIO's own answer to the two kernel TLS questions through and leaves every other
// call as it was.
#pragma once

#include <openssl/bio.h>

#if defined(__cplusplus) && !defined(OPENSSL_NO_KTLS)
namespace proscenium_ktls
{
  // mediasoup sets one callback, always the same one, on all its BIOs.
  inline BIO_callback_fn_ex mediasoupCallback{ nullptr };

  inline long Callback(
    BIO* bio, int operation, const char* data, size_t size, int command, long argument, int answer, size_t* processed)
  {
    const bool answered = operation == (BIO_CB_CTRL | BIO_CB_RETURN);

    if (answered && (command == BIO_CTRL_GET_KTLS_SEND || command == BIO_CTRL_GET_KTLS_RECV))
    {
      return answer;
    }

    return mediasoupCallback(bio, operation, data, size, command, argument, answer, processed);
  }

  inline void SetCallback(BIO* bio, BIO_callback_fn_ex callback)
  {
    mediasoupCallback = callback;
    BIO_set_callback_ex(bio, Callback);
  }
} // namespace proscenium_ktls

#define BIO_set_callback_ex(bio, callback) ::proscenium_ktls::SetCallback((bio), (callback))
#endif
