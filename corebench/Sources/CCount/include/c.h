long alloc_count(void);
