package import SpillwayCore

/// Records of `views`: the router's own format, versioned.
///
/// | key | value |
/// |---|---|
/// | `drained/<datacenter>` | `{"v":1,"drained":{"since":at,"reason":text}}` |
/// | `reserved/<partition>` | `{"v":1,"reserved":[[datacenter,[[until,cores],…],[[cores,duration_seconds],…]],…]}` |
extension JSONWriter {
    /// Appends a view record's value.
    package mutating func encode(_ record: ViewRecord) {
        switch record {
        case .drained(_, let reason, let since):
            self.write("{\"v\":1,\"drained\":{\"since\":")
            self.write(since)
            if let reason {
                self.write(",\"reason\":")
                self.write(quoted: reason)
            }
            self.write("}}")
        case .reserved(let view):
            self.write("{\"v\":1,\"reserved\":[")
            for index in view.datacenters.indices {
                if index > 0 { self.write(UInt8(ascii: ",")) }
                self.write(view.datacenters[index])
            }
            self.write("]}")
        }
    }

    /// Appends a view record's key, without quotes.
    package mutating func write(keyOf record: ViewRecord) {
        switch record {
        case .drained(let datacenterID, _, _): self.write(drainedKeyOf: datacenterID)
        case .reserved(let view):
            self.write("reserved/")
            self.write(Int64(view.partition))
        }
    }

    /// Appends the key that says whether a datacenter is drained, without quotes: a tombstone there undrains it.
    package mutating func write(drainedKeyOf datacenterID: String) {
        self.write("drained/")
        self.write(unquoted: datacenterID)
    }

    private mutating func write(_ share: ReservedView.DatacenterShare) {
        self.write(UInt8(ascii: "["))
        self.write(quoted: share.datacenterID)
        self.write(",[")
        for index in share.running.indices {
            self.write(index > 0 ? ",[" : "[")
            self.write(share.running[index].until)
            self.write(UInt8(ascii: ","))
            self.write(share.running[index].cores)
            self.write(UInt8(ascii: "]"))
        }
        self.write("],[")
        for index in share.queued.indices {
            self.write(index > 0 ? ",[" : "[")
            self.write(share.queued[index].cores)
            self.write(UInt8(ascii: ","))
            self.write(share.queued[index].durationSeconds)
            self.write(UInt8(ascii: "]"))
        }
        self.write("]]")
    }
}
