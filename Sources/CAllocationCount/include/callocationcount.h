#pragma once

/// Begins to count the allocations of this thread. Other threads aren't counted, nor slowed down.
void callocationcount_begin(void);

/// Ends it.
///
/// Returns how many there were since the beginning; -1 where they can't be counted, as under a sanitizer, which has an
/// allocator of its own.
long callocationcount_end(void);
