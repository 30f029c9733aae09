#pragma once

#include "services/http/router.h"
#include "services/lab/vcf_intake.h"
#include "services/rest/rest.h"

namespace genflik::rest {

/// Adds POST /fhir/$call-vcf: a VCF as the raw body, as a Binary or within Parameters, answered
/// with a Genomics Reporting Bundle (docs/api.md). Both arguments outlive the router.
void AddCallRoutes(http::Router& router, const RestContext& context, lab::VcfIntake& intake);

}  // namespace genflik::rest
