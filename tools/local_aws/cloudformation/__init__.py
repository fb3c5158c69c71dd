"""A small CloudFormation engine: it creates, updates, rolls back and deletes stacks by calls to a local AWS."""
