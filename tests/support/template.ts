// A migrated, empty database: clones of it are what tests write to.
export const TEMPLATE = 'perennial_template'
