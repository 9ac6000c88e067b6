/** Every resource has its id in a column of one name. */
export const resourceIds = `
alter table storage_configurations rename column storage_configuration_id to id;
alter table stages rename column stage_id to id;
create index storage_configurations_of_scope on storage_configurations (account, region, seq);
`;
