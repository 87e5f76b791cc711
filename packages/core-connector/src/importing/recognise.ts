import type { Api, ApiCall } from './openapi.ts';

/** The calls of an API that a payee's side needs, as far as their words say. */
export interface Recognised {
  readonly account: ApiCall | undefined;
  readonly fee: ApiCall | undefined;
  readonly hold: ApiCall | undefined;
  readonly capture: ApiCall | undefined;
  readonly release: ApiCall | undefined;
  readonly credit: ApiCall | undefined;
  readonly enquiry: ApiCall | undefined;
}

interface Looked {
  readonly method: RegExp;
  /** In the path it counts most: words of a description say much. */
  readonly path: RegExp;
  readonly words: RegExp;
  readonly not?: RegExp;
}

const WANTED: Readonly<Record<keyof Recognised, Looked>> = {
  account: {
    method: /^get$/,
    path: /account|customer|client|part(y|ies)|wallet|user|subscriber/i,
    words: /account|customer|party|wallet|identifier|look ?up/,
    not: /fee|charge|transaction|statement|balance|login|logout/i,
  },
  fee: { method: /^(get|post)$/, path: /fee|charge|tariff|quote/i, words: /\bfee|\bcharge|tariff|quot/ },
  hold: {
    method: /^(post|put)$/,
    path: /hold|reserv|authori[sz]ation|lien|block/i,
    words: /reserv|\bhold|authori[sz]/,
    not: /captur|releas|commit|cancel|void|unblock/i,
  },
  capture: {
    method: /^(post|put|patch)$/,
    path: /captur|commit|confirm|settle|complete/i,
    words: /captur|commit|books? what is held|confirm/,
  },
  release: {
    method: /^(post|put|patch|delete)$/,
    path: /releas|cancel|void|unblock|rollback|hold/i,
    words: /releas|cancel|lets? go|void/,
    not: /captur|commit/i,
  },
  credit: {
    method: /^(post|put)$/,
    path: /credit|deposit|transfer|payment|disburse|transaction|posting|suspense/i,
    words: /credit|deposit|transfer|payment|book/,
    not: /hold|captur|releas|quer|search/i,
  },
  enquiry: {
    method: /^get$/,
    path: /posting|transaction|transfer|payment|credit|deposit|status/i,
    words: /status|what became|transaction|posting|reference/,
    not: /fee|account(?!.*transaction)/i,
  },
};

/** The best call for each part. Nothing is certain: whoever imports looks at each. */
export function recognise({ calls }: Api): Recognised {
  const found: Partial<Record<keyof Recognised, ApiCall>> = {};
  for (const [part, looked] of Object.entries(WANTED) as [keyof Recognised, Looked][]) {
    const scored = calls.map((call) => ({ call, score: scoreOf(call, looked) })).filter(({ score }) => score > 1);
    const best = scored.sort((a, b) => b.score - a.score)[0]?.call;
    if (best !== undefined) found[part] = best;
  }
  const { account, fee, hold, capture, release, credit, enquiry } = found;
  // a release or capture without a hold, and one call for two of them, is none
  const whole = hold !== undefined && capture !== undefined && release !== undefined && new Set([hold, capture, release]).size === 3;
  return {
    account,
    fee: fee === account ? undefined : fee,
    hold: whole ? hold : undefined,
    capture: whole ? capture : undefined,
    release: whole ? release : undefined,
    credit,
    enquiry: enquiry === account ? undefined : enquiry,
  };
}

function scoreOf({ method, path, words, parameters }: ApiCall, looked: Looked): number {
  if (!looked.method.test(method) || looked.not?.test(path) === true) return 0;
  const named = parameters.some(({ in: where, required }) => where === 'path' || required);
  // a list of everything is no look-up
  const single = method === 'get' && named ? 1 : 0;
  const last =
    path
      .split('/')
      .filter((part) => !part.startsWith('{'))
      .at(-1) ?? '';
  return (looked.path.test(last) ? 3 : looked.path.test(path) ? 2 : 0) + (looked.words.test(words) ? 1 : 0) + single;
}
