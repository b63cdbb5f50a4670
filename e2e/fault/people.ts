// How a person is known: one address everywhere, and a number of its own at each source.

export const emailOf = (person: number): string => `person-${person}@people.example`

/** As the API names her. */
export const apiCustomer = (person: number): object => ({ externalId: `customer-${person}`, email: emailOf(person) })
