-- A letter to somebody who has not consented yet is `absent`: it waits for the chat, and then leaves.

drop index letter_cancel;
create index letter_cancel on letter (cancel) where state in ('pending', 'absent');
create index letter_absent on letter (person_id) where state = 'absent';
create index letter_final on letter (done_at) where state not in ('pending', 'sending', 'absent');
