/* The parts of a certificate that are the same for every scheme: rules.v and gradient.v of
 * this folder, compiled in. */
#ifndef SP_PROOF_CERTIFICATE_TEXT_H
#define SP_PROOF_CERTIFICATE_TEXT_H

#include "base/embedded.h"

extern const sp_embedded sp_certificate_texts[];

#endif
