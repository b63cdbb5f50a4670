/**
 * What a merchant's page loads to send events: one file, no imports, no cookies. Nothing is kept and nothing leaves
 * before the visitor agrees. Built to /perennial.js (local/browser-snippet.ts).
 */

interface Person {
  externalId?: string | number;
  /** Where the externalId is from, such as `shopify`; left out: `api`. */
  source?: string;
  email?: string;
}

interface Perennial {
  /** Calls from before this file was here. */
  q?: [method: string, args: unknown[]][];
  track?: (type: string, properties?: Record<string, unknown>) => void;
  identify?: (person: Person) => void;
  consent?: (given: boolean) => void;
  reset?: () => void;
}

interface QueuedEvent {
  id: string;
  type: string;
  occurredAt: string;
  anonymousId?: string;
  sessionId?: string;
  properties?: Record<string, unknown>;
  customer?: Person;
}

declare global {
  interface Window {
    perennial?: Perennial;
  }
}

(() => {
  const tag = document.currentScript;
  if (!(tag instanceof HTMLScriptElement) || !tag.dataset.key) return;
  const key = tag.dataset.key;
  const address = new URL('/api/v1/events', tag.src).href;
  const SESSION_MS = 1_800_000;
  const [WAITING, BATCH, LATER_MS] = [200, 20, 1_000];

  const store = {
    get: (name: string): string | null => {
      try {
        return localStorage.getItem(`perennial.${name}`);
      } catch {
        return null;
      }
    },
    set: (name: string, value: string | null): void => {
      try {
        if (value === null) localStorage.removeItem(`perennial.${name}`);
        else localStorage.setItem(`perennial.${name}`, value);
      } catch {
        // A browser that keeps nothing: each page is a visitor of its own.
      }
    },
  };
  const makeId = (): string => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');

  /** What the visitor said; before that what her browser says for her; before that, unless the page has asked already, nothing. */
  const agreed = (): boolean | null => {
    const said = store.get('consent');
    if (said !== null) return said === '1';
    if (Reflect.get(navigator, 'globalPrivacyControl') === true || navigator.doNotTrack === '1') return false;
    return tag.dataset.consent === 'granted' ? true : null;
  };
  let consent = agreed();
  let queue: QueuedEvent[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  let failures = 0;
  let memoryId = '';
  let lastPath = '';

  const anonymousId = (): string => {
    memoryId ||= store.get('id') ?? makeId();
    store.set('id', memoryId);
    return memoryId;
  };
  const sessionId = (): string => {
    const [id, at] = (store.get('session') ?? '').split(' ');
    const now = Date.now();
    const current = id && now - Number(at) < SESSION_MS ? id : makeId();
    store.set('session', `${current} ${String(now)}`);
    return current;
  };

  const body = (events: QueuedEvent[]): string => JSON.stringify({ key, sentAt: new Date().toISOString(), events });

  const later = (milliseconds: number): void => {
    timer ??= setTimeout(() => {
      timer = undefined;
      flush();
    }, milliseconds);
  };

  const flush = (): void => {
    if (!consent || queue.length === 0) return;
    const events = queue.splice(0, BATCH);
    const again = (): void => {
      failures += 1;
      if (!consent || failures > 5) return;
      queue = [...events, ...queue].slice(0, WAITING);
      later(LATER_MS * 2 ** failures);
    };
    // Plain text, so that the browser asks nothing first; the page's cookies stay with the page.
    fetch(address, { method: 'POST', body: body(events), keepalive: true, credentials: 'omit' }).then((answer) => {
      if (answer.status === 429 || answer.status >= 500) again();
      else {
        failures = 0;
        if (queue.length > 0) later(0);
      }
    }, again);
  };

  /** The page goes: what is left is handed to the browser, which sends it without us. */
  const leave = (): void => {
    while (consent && queue.length > 0) if (!navigator.sendBeacon(address, body(queue.splice(0, BATCH)))) return;
  };

  const put = (type: string, properties?: Record<string, unknown>, customer?: Person): void => {
    if (consent === false || queue.length >= WAITING) return;
    const event: QueuedEvent = { id: makeId(), type, occurredAt: new Date().toISOString(), properties, customer };
    // Ids are made, and kept, only for those who agreed.
    queue.push(consent ? { ...event, anonymousId: anonymousId(), sessionId: sessionId() } : event);
    later(LATER_MS);
  };

  const view = (): void => {
    if (location.pathname === lastPath) return;
    lastPath = location.pathname;
    const campaign = Object.fromEntries([...new URLSearchParams(location.search)].filter(([name]) => name.startsWith('utm_')));
    put('page_view', { path: lastPath, title: document.title, referrer: document.referrer && new URL(document.referrer).origin, ...campaign });
  };

  const methods: Required<Omit<Perennial, 'q'>> = {
    track: (type, properties) => { put(type, properties); },
    identify: (person) => {
      // Another person at the same browser is another visitor. Whom it was is kept as a mark, not as a name.
      const text = JSON.stringify([person.source, person.externalId, person.email]);
      let mark = 0;
      for (const letter of text) mark = (mark * 31 + (letter.codePointAt(0) ?? 0)) | 0;
      if (consent) {
        const before = store.get('who');
        if (before !== null && before !== String(mark)) methods.reset();
        store.set('who', String(mark));
      }
      put('identify', undefined, person);
    },
    consent: (given) => {
      store.set('consent', given ? '1' : '0');
      consent = given;
      if (given) {
        queue = queue.map((event) => ({ ...event, anonymousId: anonymousId(), sessionId: sessionId() }));
        later(0);
      } else {
        queue = [];
        methods.reset();
      }
    },
    reset: () => {
      memoryId = '';
      for (const name of ['id', 'session', 'who']) store.set(name, null);
    },
  };

  const early = window.perennial?.q ?? [];
  window.perennial = methods;
  for (const [method, args] of early) {
    const call: unknown = Reflect.get(methods, method);
    if (typeof call === 'function') Reflect.apply(call, null, args);
  }
  for (const name of ['pushState', 'replaceState'] as const) {
    const real = history[name].bind(history);
    history[name] = (...args) => {
      real(...args);
      view();
    };
  }
  addEventListener('popstate', view);
  addEventListener('pagehide', leave);
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden') leave();
  });
  view();
})();

export {};
