-- Which date a proposal is to replace: what its readers have agreed on, or have read last.

alter table appointment add column instead_of integer;
