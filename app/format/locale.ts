/** Which of a browser's languages to write numbers and dates in. */

/** First supported language of an Accept-Language header by weight; `en-GB` when there is none. */
export function localeOf(acceptLanguage: string | null): string {
  const wanted = (acceptLanguage ?? '')
    .split(',')
    .map((part) => {
      const [tag = '', ...parameters] = part.trim().split(';');
      const weight = parameters.map((text) => /^\s*q=([\d.]+)$/.exec(text)?.[1]).find((value) => value !== undefined);
      return { tag: tag.trim(), weight: weight === undefined ? 1 : Number(weight) };
    })
    .filter(({ tag, weight }) => weight > 0 && /^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/.test(tag))
    .sort((a, b) => b.weight - a.weight);
  for (const { tag } of wanted) {
    const [supported] = supportedLocale(tag);
    if (supported !== undefined) return supported;
  }
  return 'en-GB';
}

function supportedLocale(tag: string): string[] {
  try {
    return Intl.NumberFormat.supportedLocalesOf([tag]);
  } catch {
    return [];
  }
}
