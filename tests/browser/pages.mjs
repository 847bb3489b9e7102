// One address per template and state, for the tests that look at all of them.

/** Finds an address of each kind by following the site's own links. */
export async function findPages(origin) {
  const search = '/vi/thu-tuc?q=khai%20sinh';
  const procedure = await firstLink(origin, search, /^\/vi\/thu-tuc\/[^/?#]+/);
  const centre = await firstLink(origin, procedure, /^\/vi\/trung-tam\/[^/?#]+/);
  return {
    home: '/vi',
    results: search,
    'results-read': '/vi/thu-tuc?q=%C4%91%C4%83ng%20k%C3%BD%20khai%20xinh%20K%E1%BB%B3%20Anh',
    'results-tiers': '/vi/thu-tuc?q=c%C4%83n%20c%C6%B0%E1%BB%9Bc',
    'results-filtered': '/vi/thu-tuc?tier=commune&level=4',
    'results-everything': '/vi/thu-tuc',
    'results-empty': '/vi/thu-tuc?q=zzzzqqqq',
    procedure,
    'procedure-at-commune': `${procedure.split('?')[0]}?unit=18070`,
    centres: '/vi/trung-tam',
    centre,
    places: '/vi/noi',
    'place-province': '/vi/noi/42',
    'place-district': '/vi/noi/436',
    'place-commune': '/vi/noi/18070',
    'place-commune-ended': '/vi/noi/18082?as_of=today',
    'place-history': '/vi/noi/18070/lich-su',
    'places-one': '/vi/noi?q=xa%20ky%20anh&as_of=today',
    'places-ask': '/vi/noi?q=K%E1%BB%B3%20Anh&as_of=today',
    'places-none': '/vi/noi?q=zzzz',
    statistics: '/vi/thong-ke?unit=42',
    'statistics-commune': '/vi/thong-ke?unit=18070',
    'statistics-today': '/vi/thong-ke?unit=42&as_of=today',
    help: '/vi/tro-giup',
    about: '/vi/gioi-thieu',
    problem: '/problems/not-found',
    missing: '/vi/khong-co-trang-nay',
    'home-today': '/vi?as_of=today',
  };
}

/** The first link on a page whose address has a form. */
export async function firstLink(origin, from, form) {
  const reply = await fetch(origin + from);
  if (!reply.ok) throw new Error(`${from} answered ${reply.status}`);
  const html = await reply.text();
  for (const [, raw] of html.matchAll(/href="([^"]+)"/g)) {
    const href = raw.replaceAll('&amp;', '&').replaceAll('&#38;', '&');
    if (form.test(href)) return href;
  }
  throw new Error(`no link ${form} on ${from}`);
}
