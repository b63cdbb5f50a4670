/** `Stripe-Signature: t=…,v1=…,v1=…`: HMAC-SHA-256 of `t.body` under the endpoint's whole secret, `whsec_` included. */
import type { InboundRequest } from '#connectors/connector';
import { verifyHmacHex } from '#connectors/hmac';

/** Older or younger signatures are refused: a recorded delivery cannot be played again later. */
const TOLERANCE_SECONDS = 300;
/** While a secret rolls there are two; more than a few only cost us time. */
const MOST_SIGNATURES = 5;

/** Whether one of the signatures is right and its time is near `now`; malformed headers are a plain no. */
export async function verifySignature({ headers, body }: InboundRequest, secret: string, now: Date): Promise<boolean> {
  const parts = (headers['stripe-signature'] ?? '').split(',').map((part) => part.trim());
  const time = parts.find((part) => part.startsWith('t='))?.slice(2) ?? '';
  const signatures = parts.filter((part) => part.startsWith('v1=')).slice(0, MOST_SIGNATURES).map((part) => part.slice(3));
  if (!/^\d{1,12}$/.test(time) || Math.abs(now.getTime() / 1000 - Number(time)) > TOLERANCE_SECONDS) return false;
  const prefix = new TextEncoder().encode(`${time}.`);
  const signed = new Uint8Array(prefix.length + body.length);
  signed.set(prefix);
  signed.set(body, prefix.length);
  const answers = await Promise.all(signatures.map((signature) => verifyHmacHex(signed, signature, secret)));
  return answers.includes(true);
}
