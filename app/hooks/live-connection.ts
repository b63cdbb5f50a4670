/** The one live socket of a browser tab: opened while something on the page listens, opened again whenever it is lost. */
import { z } from 'zod';
import { type LiveState, applyMessage, initialLiveState, withStatus } from '#core/live/client-state';
import { parseServerMessage } from '#core/live/message-schema';

const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 30_000;
const PING_EVERY_MS = 25_000;
/** Nothing heard for this long, not even the answer to a ping: the connection is gone though nobody said so. */
const SILENT_MS = 70_000;
/** A page change stops listening and starts again at once. */
const LINGER_MS = 2_000;

/** Nobody is signed in: there is no use in asking again. */
class SignedOut extends Error {}

const ticketAnswer = z.object({ ticket: z.string() });

async function getTicket(): Promise<string> {
  const response = await fetch('/api/v1/live/tickets', { method: 'POST', headers: { 'X-Requested-With': 'perennial' }, credentials: 'same-origin' });
  if (response.status === 401 || response.status === 403) throw new SignedOut();
  if (!response.ok) throw new Error(`No ticket: ${response.status}`);
  return ticketAnswer.parse(await response.json()).ticket;
}

function socketAddress(ticket: string): string {
  const { protocol, host } = window.location;
  return `${protocol === 'https:' ? 'wss:' : 'ws:'}//${host}/api/v1/live?ticket=${encodeURIComponent(ticket)}`;
}

export class LiveConnection {
  #state: LiveState = initialLiveState();
  #listeners = new Set<() => void>();
  #socket: WebSocket | null = null;
  /** Rises with every attempt; what belongs to an earlier one is ignored. */
  #attempt = 0;
  #failures = 0;
  #heardAt = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #linger: ReturnType<typeof setTimeout> | undefined;
  #ping: ReturnType<typeof setInterval> | undefined;
  #unlisten = (): void => undefined;

  /** Stable while nothing changes, as `useSyncExternalStore` asks. */
  getState = (): LiveState => this.#state;

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    clearTimeout(this.#linger);
    if (this.#listeners.size === 1) this.#start();
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.#linger = setTimeout(() => { this.#stop(); }, LINGER_MS);
    };
  };

  /** Asks for the whole state again. */
  resync(): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify({ type: 'resync' }));
  }

  #start(): void {
    if (this.#ping !== undefined) return;
    this.#ping = setInterval(() => { this.#beat(); }, PING_EVERY_MS);
    const page = window;
    page.addEventListener('online', this.#now);
    this.#unlisten = () => { page.removeEventListener('online', this.#now); };
    // Going back in history may revive a page that had been signed out.
    this.#set({ ...this.#state, signedOut: false });
    void this.#connect();
  }

  #stop(): void {
    this.#attempt += 1;
    clearTimeout(this.#retry);
    clearInterval(this.#ping);
    this.#ping = undefined;
    this.#unlisten();
    this.#socket?.close(1000);
    this.#socket = null;
  }

  #now = (): void => {
    if (this.#socket !== null || this.#state.signedOut) return;
    this.#failures = 0;
    void this.#connect();
  };

  async #connect(): Promise<void> {
    clearTimeout(this.#retry);
    this.#attempt += 1;
    const attempt = this.#attempt;
    this.#set(withStatus(this.#state, 'connecting'));
    try {
      const ticket = await getTicket();
      if (attempt === this.#attempt) this.#open(new WebSocket(socketAddress(ticket)), attempt);
    } catch (error) {
      if (attempt !== this.#attempt) return;
      if (error instanceof SignedOut) this.#set({ ...this.#state, status: 'offline', signedOut: true });
      else this.#again();
    }
  }

  #open(socket: WebSocket, attempt: number): void {
    this.#socket = socket;
    this.#heardAt = Date.now();
    socket.addEventListener('message', ({ data }) => {
      if (attempt !== this.#attempt || typeof data !== 'string') return;
      this.#heardAt = Date.now();
      const message = parseServerMessage(data);
      if (message === null) return;
      const state = applyMessage(this.#state, message);
      if (message.type === 'snapshot') {
        this.#failures = 0;
        this.#set(withStatus(state, 'live'));
      } else {
        this.#set(state);
      }
    });
    socket.addEventListener('close', () => {
      if (attempt !== this.#attempt) return;
      this.#socket = null;
      this.#again();
    });
  }

  /** Tries again later: twice as late each time, and not all pages at once. */
  #again(): void {
    this.#set(withStatus(this.#state, 'offline'));
    if (this.#state.signedOut || this.#listeners.size === 0) return;
    const most = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** this.#failures);
    this.#failures += 1;
    this.#retry = setTimeout(() => { void this.#connect(); }, most * (0.5 + Math.random() / 2));
  }

  #beat(): void {
    const socket = this.#socket;
    if (socket === null || socket.readyState !== WebSocket.OPEN) return;
    if (Date.now() - this.#heardAt <= SILENT_MS) {
      socket.send('ping');
      return;
    }
    // Its close event may take minutes to come: do not wait for it.
    this.#attempt += 1;
    this.#socket = null;
    socket.close();
    this.#again();
  }

  #set(state: LiveState): void {
    if (state === this.#state) return;
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }
}
