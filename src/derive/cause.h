/* Why a result differs, as a phrase of any language. */
#ifndef SP_DERIVE_CAUSE_H
#define SP_DERIVE_CAUSE_H

#include "derive/derivation.h"

const sp_phrase *sp_cause_phrase(sp_derive *d, const sp_proof_result *r);

#endif
