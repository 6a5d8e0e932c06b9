/** The mongoose connection of this service's own database. */
export const CONNECTION = Symbol('CONNECTION');
/** The service's logger. */
export const LOGGER = Symbol('LOGGER');
