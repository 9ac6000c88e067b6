/** By which old dead letters are found. */
export const deadLettersByAge = `
create index event_deliveries_dead_by_time on event_deliveries (dead_time_ms) where dead_time_ms is not null;
`;
