/** Nothing: the floor that start-up times are measured against. */
export {};
