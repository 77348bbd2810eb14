// The languages a Telegram client can be set to here, each by its own name.

export const TONGUES = [
  ["de", "Deutsch"],
  ["en", "English"],
  ["ar", "العربية"],
  ["uk", "Українська"],
  ["tr", "Türkçe"],
  ["fa", "فارسی"],
  ["fr", "Français"],
  ["es", "Español"],
  ["ru", "Русский"],
];

export const runsToTheLeft = (code) => /^(ar|fa|he|ur|ckb)\b/.test(code ?? "");

export function offerTongues(select, chosen) {
  const known = TONGUES.some(([code]) => code === chosen);
  const all = known || !chosen ? TONGUES : [...TONGUES, [chosen, chosen]];
  select.replaceChildren(...all.map(([code, name]) => new Option(name, code)));
  if (chosen) select.value = chosen;
}
