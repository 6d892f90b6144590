/* What programmers write with a dot: ASP.NET  main.rs  df.info(). Also U23.VN, a team. */
#ifndef DUYETD_LINK_CODE_H
#define DUYETD_LINK_CODE_H

#include "link/label.h"

/* Whether `host` and `tld`, with a plain dot between them, are of a program rather than a site. */
bool code_is_name(const struct text *text, const struct label *host, const struct label *tld);

#endif
