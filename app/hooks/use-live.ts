/** The tenant's live figures in a component; all components of a tab share one socket. */
import { useSyncExternalStore } from 'react';
import { type LiveState, initialLiveState } from '#core/live/client-state';
import { type Snapshot, isOlder } from '#core/live/snapshot';
import { LiveConnection } from './live-connection.ts';

const connection = new LiveConnection();
/** What the server renders with. */
const nothingYet = initialLiveState();
const getServerState = (): LiveState => nothingYet;

/**
 * @param loaded the snapshot the page was loaded with; shown until the socket knows a newer one
 * @returns `snapshot` (null only when nothing was loaded and the socket has not answered), `status`, `lastChangeAt`
 *   (ISO 8601), `changedCustomers` (newest first), `imports`, `segmentCounts`, `notifications`
 */
export function useLive(loaded: Snapshot | null = null): LiveState {
  const state = useSyncExternalStore(connection.subscribe, connection.getState, getServerState);
  if (loaded === null || (state.snapshot !== null && !isOlder(state.snapshot, loaded))) return state;
  return { ...state, snapshot: loaded, lastChangeAt: state.lastChangeAt ?? loaded.updatedAt };
}

/** Asks the server for the whole state again, for instance after the company's settings changed. */
export function resyncLive(): void {
  connection.resync();
}
