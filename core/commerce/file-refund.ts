/** Names of refunds that are only known as a sum from a file; see files/presets/file-refund.ts. */
export const FILE_REFUND_PREFIX = 'file:refund:';
