/** Sends a file as it lies on disk, saying how far it is; fetch cannot tell that, so this is an XMLHttpRequest. */
import { z } from 'zod';
import type { MappingInput } from '#core/commerce/csv/mapping';

const problem = z.object({ detail: z.string(), requestId: z.string().optional() });

export interface Upload {
  /** Resolves when the server has the file; rejects with words for a person. */
  done: Promise<void>;
  abort: () => void;
}

/**
 * @param mapping what the columns mean, or the name of a kept mapping
 * @param onProgress gets the share sent so far, 0 to 1
 */
export function uploadFile(file: File, mapping: MappingInput | string, onProgress: (share: number) => void): Upload {
  const request = new XMLHttpRequest();
  const done = new Promise<void>((resolve, reject) => {
    request.upload.addEventListener('progress', (event) => { if (event.lengthComputable) onProgress(event.loaded / event.total); });
    request.addEventListener('load', () => {
      if (request.status >= 200 && request.status < 300) resolve();
      else reject(new Error(refusal(request)));
    });
    request.addEventListener('error', () => reject(new Error('The connection broke off. Nothing was imported; send the file again.')));
    request.addEventListener('abort', () => reject(new Error('Stopped. Nothing was imported.')));
  });
  const query = new URLSearchParams({ name: file.name.slice(0, 200), mapping: typeof mapping === 'string' ? mapping : JSON.stringify(mapping) });
  request.open('PUT', `/api/v1/imports?${query.toString()}`);
  request.setRequestHeader('content-type', file.type || 'application/octet-stream');
  request.setRequestHeader('x-requested-with', 'perennial');
  request.send(file);
  return { done, abort: () => request.abort() };
}

function refusal(request: XMLHttpRequest): string {
  try {
    const { detail, requestId } = problem.parse(JSON.parse(request.responseText));
    return requestId === undefined ? detail : `${detail} (request ${requestId})`;
  } catch {
    return `The server answered ${request.status}. Nothing was imported; try again in a moment.`;
  }
}
