// Deep links: https://t.me/<bot>?start=PAYLOAD, tg://resolve, and the "share" link round one.

/** The payload of a link to this bot ("" without one), or null for any other link. */
export function startPayload(href, bot) {
  let url;
  try {
    url = new URL(href);
  } catch {
    return null;
  }
  const isWeb = /^(www\.)?(t|telegram)\.me$/i.test(url.hostname);
  if (isWeb && url.pathname === "/share/url") {
    return startPayload(url.searchParams.get("url") ?? "", bot);
  }
  const name = isWeb ? url.pathname.slice(1).replace(/\/$/, "") : "";
  const resolved = url.protocol === "tg:" && /^(\/\/)?resolve/.test(url.host + url.pathname);
  const called = resolved ? (url.searchParams.get("domain") ?? "") : name;
  if (called.toLowerCase() !== bot.toLowerCase()) return null;
  return url.searchParams.get("start") ?? "";
}
