/** The audit log's filter as it stands in the address. */
import { addDays, parseDay } from '#core/calendar/days';
import { localTimeIn } from '#core/calendar/local-time';
import type { AuditFilterInput } from '#operations/audit';

const ID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;

/** Days are the shop's own, the last one included. What is not understood is left out: the address was typed. */
export function readFilter(parameters: URLSearchParams, timeZone: string): AuditFilterInput {
  const instant = (day: string): string => new Date(localTimeIn(timeZone).instantOf(Date.parse(`${day}T00:00:00Z`))).toISOString();
  const day = (name: string): string | null => {
    const text = parameters.get(name) ?? '';
    return parseDay(text) === null ? null : text;
  };
  const [from, to, action, actor, target] = [day('from'), day('to'), parameters.get('action') ?? '', parameters.get('actor') ?? '', parameters.get('target') ?? ''];
  return {
    ...(action !== '' && { action }), ...(actor !== '' && { actor }), ...(ID.test(target) && { target }),
    ...(from !== null && { from: instant(from) }), ...(to !== null && { to: instant(addDays(to, 1)) }),
  };
}
