import CKernels

// Dense layers: the three products, packing, and the updates that follow.
extension CPUEngine {
  package func prepare(_ layer: DenseWeights) {
    guard case .rows(let stride, let copy) = layer.storage,
      begin(
        reading: Hazards.parameters(layer.weightPlaces), writing: Hazards.packed(copy))
    else { return }
    let (rows, weights) = (member.share(of: layer.inputs), memory.values + layer.weights)
    DenseLayout.pack(
      rows: rows, of: layer.inputs, columns: layer.outputs, from: weights, stride: stride,
      into: memory.packed[copy])
    for row in rows {
      let weights = weights + row * stride
      memory.rowPowers[copy][row] = elementwise.dot(layer.outputs, weights, weights)
    }
  }

  package func dense(_ x: Buffer, _ layer: DenseWeights, into y: Buffer, rectified: Bool) {
    guard
      begin(
        reading: Hazards.activations(x), source(layer), Hazards.parameters(layer.biasPlaces),
        writing: Hazards.activations(y))
    else { return }
    products.forward(operands(layer, x, y), rectify: rectified, as: member)
  }

  package func inputGradient(
    _ yGradient: Buffer, _ layer: DenseWeights, input x: Buffer, into xGradient: Buffer,
    rectified: Bool
  ) {
    guard
      begin(
        reading: Hazards.activations(yGradient), source(layer),
        rectified ? Hazards.activations(x) : Hazards.none,
        writing: Hazards.activations(xGradient))
    else { return }
    products.inputGradient(
      operands(layer, x, nil), outputGradient: row(yGradient, 0), stride: stride(yGradient),
      into: row(xGradient, 0), gradientStride: stride(xGradient), rectified: rectified, as: member)
  }

  package func weightGradient(
    _ x: Buffer, _ yGradient: Buffer, _ layer: DenseWeights, then use: WeightUse
  ) {
    let (weights, bias) = (layer.weightPlaces, layer.biasPlaces)
    guard
      begin(
        reading: Hazards.activations(x), Hazards.activations(yGradient),
        writing: use.moves ? Hazards.parameters(weights) : Hazards.gradient(weights),
        use.moves ? Hazards.parameters(bias) : Hazards.gradient(bias))
    else { return }
    let (gradient, first, second, _) = memory.learning
    var panelStride = layer.inputs * DenseLayout.lanes
    var rowStride = DenseLayout.lanes
    if case .rows(let stride, _) = layer.storage {
      precondition(!use.moves, "weights in rows are moved by their constraint")
      (panelStride, rowStride) = (DenseLayout.lanes, stride)
    }
    var update = svae_weight_update(
      out_gradient: row(yGradient, 0), out_gradient_stride: stride(yGradient),
      panel_stride: panelStride, row_stride: rowStride, gradient: gradient + layer.weights,
      bias_gradient: gradient + layer.bias, accumulate: use.adds ? 1 : 0, adam: nil,
      weights: memory.values + layer.weights, bias: memory.values + layer.bias,
      first_moment: first + layer.weights, bias_first_moment: first + layer.bias,
      second_moment: second + layer.weights, bias_second_moment: second + layer.bias,
      scratch: memory.scratch[member.index])
    let operands = operands(layer, x, nil)
    if use.moves {
      withUnsafePointer(to: memory.numbers.adam.raw) { adam in
        update.adam = adam
        products.weightGradient(operands, update, as: member)
      }
    } else {
      products.weightGradient(operands, update, as: member)
    }
  }

  package func adam(_ places: Range<Int>) {
    guard begin(reading: Hazards.gradient(places), writing: Hazards.parameters(places)) else {
      return
    }
    let share = member.share(of: places.count, grain: DenseLayout.lanes)
    move(
      places.lowerBound + share.lowerBound..<places.lowerBound + share.upperBound,
      memory.numbers.adam)
  }

  package func constrain(_ layer: DenseWeights, by update: some RowUpdate) {
    guard
      begin(
        reading: Hazards.power,
        writing: Hazards.gradient(layer.weightPlaces), Hazards.parameters(layer.weightPlaces),
        Hazards.parameters(layer.biasPlaces))
    else { return }
    for row in member.share(of: layer.inputs) { update.update(row: row) }
    if member.index == 0 {
      move(layer.bias..<layer.bias + layer.outputs, memory.numbers.decoderAdam)
    }
  }

  package func clip(to limit: Double) {
    let count = memory.present.count
    let all = Hazards.gradient(0..<count)
    guard begin(reading: all, writing: Hazards.pieces) else { return }
    let gradient = memory.learning.gradient
    let grain = CPUMemory.clippingGrain
    let pieces = (count + grain - 1) / grain
    for piece in member.share(of: pieces) {
      let start = gradient + piece * grain
      memory.pieces[piece] = Double(
        elementwise.dot(min(grain, count - piece * grain), start, start))
    }
    guard begin(reading: Hazards.pieces, writing: all) else { return }
    var power = 0.0
    for piece in 0..<pieces { power += memory.pieces[piece] }
    let norm = power.squareRoot()
    if norm > limit {
      let share = member.share(of: count, grain: grain)
      elementwise.scale(share.count, Float(limit / norm), gradient + share.lowerBound)
    }
  }

  private func move(_ places: Range<Int>, _ step: AdamStep) {
    let (gradient, first, second, _) = memory.learning
    let start = places.lowerBound
    step.update(
      memory.values + start, along: gradient + start, first: first + start,
      second: second + start, count: places.count)
  }

  /// Where the products read a layer's weights.
  private func source(_ layer: DenseWeights) -> Hazards.Place {
    switch layer.storage {
    case .panels: Hazards.parameters(layer.weightPlaces)
    case .rows(_, let copy): Hazards.packed(copy)
    }
  }

  private func operands(_ layer: DenseWeights, _ x: Buffer, _ y: Buffer?) -> svae_dense {
    let values = memory.values
    let weights: UnsafeMutablePointer<Float> =
      switch layer.storage {
      case .panels: values + layer.weights
      case .rows(_, let copy): memory.packed[copy]
      }
    return svae_dense(
      inputs: layer.inputs, outputs: layer.outputs, blocks: blocks, weights: weights,
      bias: values + layer.bias, in: row(x, 0), in_stride: stride(x),
      out: y.map { row($0, 0) }, out_stride: y.map { stride($0) } ?? 0)
  }
}
